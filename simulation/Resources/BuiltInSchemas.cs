using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>The schemas of the built-in types, read once from the embedded schemas.txt.</summary>
internal static class BuiltInSchemas
{
    public static IReadOnlyDictionary<string, Schema> All { get; } = SchemaNotation.Read(Embedded.Text("schemas.txt"));

    public static Schema Of(string kind) => All[kind];
}

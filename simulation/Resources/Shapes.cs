using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>The shapes of the built-in types, read once from the embedded shapes.txt.</summary>
internal static class Shapes
{
    public static IReadOnlyDictionary<string, Schema> All { get; } = ShapeReader.Read(Embedded.Text("shapes.txt"));

    public static Schema Of(string kind) => All[kind];
}

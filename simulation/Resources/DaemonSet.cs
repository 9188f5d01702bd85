using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>Stored and shown, but nothing runs them here.</summary>
internal static class DaemonSet
{
    public static ResourceType Type { get; } = new()
    {
        Group = "apps",
        Plural = "daemonsets",
        Singular = "daemonset",
        Kind = "DaemonSet",
        ShortNames = ["ds"],
        Categories = ["all"],
        HasStatus = true,
        HasGeneration = true,
        Served = [new ServedVersion("apps", "v1") { Schema = Shapes.Of("DaemonSet") }],
        Columns = [Cells.Name, Cells.Age],
    };
}

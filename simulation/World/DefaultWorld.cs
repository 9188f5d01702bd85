namespace Ebb.Simulation.World;

/// <summary>The cluster that is there when nothing else was asked for.</summary>
internal static class DefaultWorld
{
    public static string Manifest =>
        string.Concat(Embedded.Names(".world.yaml").Select(n => Embedded.Whole(n) + "\n---\n"));
}

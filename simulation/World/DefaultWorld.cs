namespace Ebb.Simulation.World;

/// <summary>The default cluster.</summary>
internal static class DefaultWorld
{
    public static string Manifest =>
        string.Concat(Embedded.Names(".world.yaml").Select(n => Embedded.Whole(n) + "\n---\n"));
}

namespace Ebb.Simulation.World;

/// <summary>Time zones by their IANA names, case-sensitive as on the real server.</summary>
internal static class Zones
{
    private static readonly HashSet<string> Known =
    [
        .. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id),
        "UTC",
        "Etc/UTC",
    ];

    public static bool Knows(string name) =>
        Known.Contains(name) || (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name);

    public static TimeZoneInfo Of(string? name) =>
        name is null || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? TimeZoneInfo.Utc : zone;
}

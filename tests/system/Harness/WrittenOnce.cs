using Ebb.Simulation.Faults;

namespace Ebb.Tests.Harness;

/// <summary>What was written for many workloads: once each, but for the few that met a conflict.</summary>
internal static class WrittenOnce
{
    /// <param name="log">What was asked of the API server.</param>
    /// <param name="scaled">How many workloads were to be scaled.</param>
    /// <param name="captured">How many Baselines were to be created.</param>
    /// <param name="released">How many Baselines were to be deleted.</param>
    public static void Check(RequestLog log, int scaled, int captured, int released)
    {
        // A status that was written meanwhile is a conflict, after which the same is asked once more.
        var more = Math.Max(scaled, Math.Max(captured, released)) / 20;
        foreach (
            var (wanted, method, part) in new[]
            {
                (scaled, "PATCH", "/scale"),
                (captured, "POST", "/baselines"),
                (released, "DELETE", "/baselines/"),
            }
        )
            Assert.InRange(
                log.CountOf(r => r.Method == method && r.Path.Contains(part, StringComparison.Ordinal)),
                wanted,
                wanted + more
            );
    }
}

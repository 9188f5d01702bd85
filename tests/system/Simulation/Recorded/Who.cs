namespace Ebb.Tests.Simulation.Recorded;

/// <summary>Who asked. Most recordings are an administrator's; those about rights are not.</summary>
internal static class Who
{
    public static bool IsAsked(Recording recording) =>
        (recording.Request["headers"] as System.Text.Json.Nodes.JsonObject)?.ContainsKey("Authorization") == true
        || recording.Status is 401 or 403;

    /// <summary>Null: nobody said who they are.</summary>
    public static string? Token(World world, Recording recording) =>
        recording switch
        {
            { Status: 401 } => "nonsense",
            _ when recording.Body?.ToJsonString().Contains("system:anonymous", StringComparison.Ordinal) == true =>
                null,
            _ => world.Cluster.TokenFor("rec", "weak"),
        };
}

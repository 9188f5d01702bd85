namespace Ebb.Tests.Simulation.Recorded;

/// <summary>The user of a recording: an administrator in most, others in those about rights.</summary>
internal static class RecordedUser
{
    public static bool IsAsked(Recording recording) =>
        (recording.Request["headers"] as System.Text.Json.Nodes.JsonObject)?.ContainsKey("Authorization") == true
        || recording.Status is 401 or 403;

    /// <summary>Null: anonymous.</summary>
    public static string? Token(World world, Recording recording) =>
        recording switch
        {
            { Status: 401 } => "nonsense",
            _ when recording.Body?.ToJsonString().Contains("system:anonymous", StringComparison.Ordinal) == true =>
                null,
            _ => world.Cluster.TokenFor("rec", "weak"),
        };
}

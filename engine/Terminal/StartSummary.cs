using Ebb.Core.Ports;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Terminal;

/// <summary>What a process that works on a real cluster says once when it listens.</summary>
internal static class StartSummary
{
    public static void Write(TextWriter output, string version, EbbSettings settings, EngineEnvironment environment)
    {
        output.WriteLine($"Ebb {version} listens on {settings.HttpUrl}; its page is {settings.HttpUrl}api/dashboard");
        foreach (var (subject, text) in Lines(settings, environment))
            output.WriteLine(ControlCharacters.Escaped($"  {subject, -10}{text}"));
    }

    private static IEnumerable<(string Subject, string Text)> Lines(EbbSettings settings, EngineEnvironment environment)
    {
        yield return ("cluster", environment.Connection.GetAwaiter().GetResult().ToString());
        yield return (
            "power",
            settings.FollowsPower
                ? $"{string.Join(", ", settings.Sources)}; at least {settings.Power.MinimumSupplies} must be good"
                : "not followed: Power__Enabled is false"
        );
        yield return (
            "schedules",
            settings.FollowsSchedules ? "followed" : "not followed: Schedules__Enabled is false"
        );
        yield return ("acts", settings.Act ? "yes" : "no: Power__Act is false");
        yield return (
            "keeps",
            $"its objects in the namespace {settings.StateNamespace}, "
                + (settings.Archive is { } archive ? $"history in the table {archive.Table}" : "history nowhere else")
        );
        yield return (
            "tells",
            settings.Alerts.Count == 0 ? "nobody: Alerts__Webhooks__0 is not set" : string.Join(", ", settings.Alerts)
        );
    }
}

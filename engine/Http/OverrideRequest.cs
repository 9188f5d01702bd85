using System.Text.Json;
using Ebb.Core.Overrides;
using Ebb.Kubernetes.Capacity;
using NodaTime;

namespace Ebb.Engine.Http;

/// <summary>The body of a PUT, read whole: what is asked, or everything that is wrong with it.</summary>
internal sealed record OverrideRequest(OverrideEffect Effect, int? Replicas, Instant Until, string Reason)
{
    private const int LongestReason = 500;
    private static readonly string[] Known = ["replicas", "asleep", "freeze", "for", "until", "reason"];

    public static (OverrideRequest? Request, string? Faults) Read(JsonElement body, Instant now)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return (
                null,
                "$: expected a JSON object such as {\"replicas\": 3, \"for\": \"PT2H\", \"reason\": \"load test\"}"
            );
        List<string> faults = [.. UnknownMembers.Of(body, Known)];
        OverrideEffect? effect = null;
        int? replicas = null;
        var asked = 0;
        if (body.TryGetProperty("replicas", out var number))
        {
            asked++;
            effect = OverrideEffect.Replicas;
            if (
                number.ValueKind == JsonValueKind.Number
                && number.TryGetInt32(out var value)
                && value is >= 0 and <= Override.MostReplicas
            )
                replicas = value;
            else
                faults.Add(
                    $"$.replicas: expected a whole number from 0 to {Override.MostReplicas}, found {Found(number)}"
                );
        }
        Flag("asleep", OverrideEffect.Asleep);
        Flag("freeze", OverrideEffect.Freeze);
        if (asked != 1)
            faults.Add(
                $"$: expected exactly one of replicas, asleep and freeze, found {(asked == 0 ? "none" : $"{asked}")}"
            );
        var reason = Text("reason");
        if (string.IsNullOrWhiteSpace(reason))
            faults.Add("$.reason: expected why, in a few words, found nothing");
        else if (reason.Length > LongestReason)
            faults.Add($"$.reason: expected at most {LongestReason} characters, found {reason.Length}");
        var (lasts, until) = (Text("for"), Text("until"));
        var (end, fault) = Ending.Read(lasts, until, now);
        if (fault is not null)
            faults.Add(fault);
        else if (
            end is null
            && !faults.Any(f =>
                f.StartsWith("$.for:", StringComparison.Ordinal) || f.StartsWith("$.until:", StringComparison.Ordinal)
            )
        )
            faults.Add(
                "$.for: expected an end, in for (such as PT2H) or until (such as 2026-01-31T18:00:00Z), found neither"
            );
        return faults.Count > 0
            ? (null, string.Join("; ", faults))
            : (new OverrideRequest(effect!.Value, replicas, end!.Value, reason!.Trim()), null);

        void Flag(string name, OverrideEffect means)
        {
            if (!body.TryGetProperty(name, out var value))
                return;
            asked++;
            effect = means;
            if (value.ValueKind != JsonValueKind.True)
                faults.Add($"$.{name}: expected true, found {Found(value)}");
        }

        string? Text(string name)
        {
            if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
                return null;
            if (value.ValueKind == JsonValueKind.String && IsWhole(value))
                return value.GetString();
            faults.Add($"$.{name}: expected text, found {Found(value)}");
            return null;
        }
    }

    /// <summary>A lone surrogate is valid JSON and no text.</summary>
    private static bool IsWhole(JsonElement value)
    {
        try
        {
            return value.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Found(JsonElement value) => UnknownMembers.Shown(value.GetRawText());
}

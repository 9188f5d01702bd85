using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>
/// What this process remembers of one scaled object between turns, so that it neither fights another writer nor retries
/// too often: the last write, who undid
/// it, what failed. Losing it costs one write.
/// </summary>
internal sealed class ScheduleProgress
{
    /// <summary>Undone within this time counts as a dispute, and a dispute is shown for as long.</summary>
    private static readonly Duration DisputeFor = Duration.FromMinutes(10);

    private readonly Dictionary<string, (string Statement, Instant At)> _stated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string What, Instant At, string Detail)> _failed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _said = new(StringComparer.Ordinal);
    private (string By, Instant At)? _dispute;

    /// <summary>What was found at the last turn.</summary>
    public SizingPlan Finding { get; set; } = SizingPlan.Settled;

    /// <summary>When it must be looked at again although nothing changed; null: need not.</summary>
    public Instant? LookAgain { get; private set; }

    /// <summary>What everything was decided from; the same again decides the same.</summary>
    public object?[] Inputs { get; set; } = [];

    /// <summary>
    /// Why the last write did not succeed; null: it did. A status that could not be written is no trouble of what is
    /// scaled.
    /// </summary>
    public string? Failure =>
        _failed.Where(failure => !IsStatus(failure.Key)).Select(failure => failure.Value.Detail).FirstOrDefault();

    /// <summary>No input has changed since the last turn, and nothing has come due.</summary>
    public bool IsAsBefore(object?[] inputs, Instant now) =>
        !Finding.Waits
        && !(now >= LookAgain)
        && Inputs.Length == inputs.Length
        && Inputs.AsSpan().SequenceEqual(inputs);

    public void Begin() => LookAgain = null;

    /// <summary>Who keeps changing what was stated; null: nobody.</summary>
    public string? ChangedBy(Instant now)
    {
        if (_dispute is not { } dispute)
            return null;
        if (now - dispute.At < DisputeFor)
        {
            Again(dispute.At + DisputeFor);
            return dispute.By;
        }

        _dispute = null;
        return null;
    }

    /// <summary>Whether a step has to wait: the same was stated or has failed less than a tick ago.</summary>
    /// <param name="step">The step.</param>
    /// <param name="sizedBy">Who wrote its size last, when that was not Ebb.</param>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="tick">How often turns are taken.</param>
    public bool Withholds(ScheduleWrite step, string? sizedBy, Instant now, Duration tick)
    {
        var key = Key(step);
        if (
            step.Statement is { } statement
            && _stated.TryGetValue(key, out var last)
            && last.Statement == statement
            && now >= last.At
        )
        {
            if (now - last.At < DisputeFor)
                _dispute = (sizedBy ?? "somebody who leaves no name", now);
            if (now - last.At < tick)
            {
                Again(last.At + tick);
                return true;
            }
        }

        if (
            _failed.TryGetValue(key, out var failed)
            && failed.What == step.What
            && now >= failed.At
            && now - failed.At < tick
        )
        {
            Again(failed.At + tick);
            return true;
        }

        return false;
    }

    public void Did(ScheduleWrite step, Instant now)
    {
        _failed.Remove(Key(step));
        if (step.Statement is { } statement)
            _stated[Key(step)] = (statement, now);
    }

    /// <summary>Whether this was not what was said of an object last.</summary>
    public bool IsNews(string uid, string? sentence)
    {
        if (_said.GetValueOrDefault(uid) == sentence)
            return false;
        _said[uid] = sentence;
        return true;
    }

    /// <summary>It is as it should be: what failed has been overtaken.</summary>
    public void Settled()
    {
        foreach (var key in _failed.Keys.Where(key => !IsStatus(key)).ToList())
            _failed.Remove(key);
    }

    public void Failed(ScheduleWrite step, WriteResult result, Instant now, Duration tick)
    {
        if (result.Outcome is WriteOutcome.Conflict or WriteOutcome.Gone)
        {
            // The watch shows what it is now; should it be slow, this does not wait for it.
            Again(now + Duration.Min(tick, Duration.FromSeconds(1)));
            return;
        }

        _failed[Key(step)] = (step.What, now, $"{step.On}, {step.What}: {result.Detail}");
        Again(now + tick);
    }

    /// <summary>At this instant at the latest.</summary>
    public void Again(Instant at) => LookAgain = LookAgain is { } sooner && sooner < at ? sooner : at;

    private static bool IsStatus(string key) => key.EndsWith(" status", StringComparison.Ordinal);

    private static string Key(ScheduleWrite step) =>
        $"{step.On.Kind} {step.On.Namespace}/{step.On.Name} "
        + step switch
        {
            ScheduleWrite.Merge merge => merge.Subresource,
            ScheduleWrite.Change => "size",
            ScheduleWrite.Keep or ScheduleWrite.Release => "baseline",
            _ => "",
        };
}

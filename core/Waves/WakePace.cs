using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// Who may start now on the way up, by <see cref="WakeLimit"/>. One that was asked and is not ready yet counts, for as
/// long as it is waited for; what starts no pods does not.
/// </summary>
internal sealed class WakePace
{
    private readonly PlanInput _input;
    private int? _left;

    /// <param name="input">What is known and asked.</param>
    /// <param name="progress">With the present turn in it.</param>
    /// <param name="asleep">All that has a baseline.</param>
    public WakePace(PlanInput input, OutageProgress progress, IEnumerable<Member> asleep)
    {
        _input = input;
        // A limit that all together do not reach is none.
        _left =
            input.WakeLimit.Most is { } most && input.Members.Count(m => StartsPods(m.Type)) > most
                ? most - asleep.Count(m => IsStarting(m, progress))
                : null;
    }

    /// <summary>Whether one more may start; it counts from now on.</summary>
    public bool Take(Member member)
    {
        if (_left is not { } left || !Starts(member))
            return true;
        if (left <= 0)
            return false;
        _left = left - 1;
        return true;
    }

    /// <summary>Some of a wave was not asked yet because others start: its time has not begun.</summary>
    public bool Holds(IEnumerable<Member> wave) =>
        _left is not null && wave.Any(m => Starts(m) && m is { IsRestored: false, IsOrphaned: false } && !WasAsked(m));

    /// <summary>When the last of a wave was asked, or the wave began where it is not paced.</summary>
    public Instant Began(IEnumerable<Member> wave, Instant began) =>
        _left is null ? began : LastAsked(_input, wave, began);

    /// <summary>When the last of a wave was asked, or the wave began where none was.</summary>
    public static Instant LastAsked(PlanInput input, IEnumerable<Member> wave, Instant began) =>
        wave.Select(m => input.Attempts.GetValueOrDefault(m.Scaler.Uid))
            .OfType<Attempt>()
            // One that is asked again and again must not put the end off.
            .Where(asked => asked is { Direction: Direction.Up, Count: 1, Failure: null })
            .Select(asked => asked.At)
            .Append(began)
            .Max();

    private bool IsStarting(Member member, OutageProgress progress)
    {
        if (
            !Starts(member)
            || member is not { IsRestored: true, IsAwake: not true, IsOrphaned: false }
            || Quorum.IsReached(_input, member)
        )
            return false;
        var asked = _input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { Direction: Direction.Up } attempt
            // One that somebody undoes takes its place once, and not each time that it is asked again.
            ? attempt.DoneAt ?? attempt.At
            : progress.TurnedAt;
        return !(_input.Now >= asked + _input.Settings.WaveTimeout);
    }

    /// <summary>Who was asked before comes after those who were not.</summary>
    public bool WasAsked(Member member) =>
        _input.Attempts.GetValueOrDefault(member.Scaler.Uid) is { Direction: Direction.Up };

    private static bool Starts(Member member) => StartsPods(member.Type) && member.Waking?.SpecReplicas > 0;

    /// <summary>Whether waking one of this type starts pods at once.</summary>
    public static bool StartsPods(WorkloadType? type) =>
        type is { IsReconciler: false }
        && type.Method is not (SleepMethod.SuspendJobs or SleepMethod.Cordon or SleepMethod.RunHook);
}

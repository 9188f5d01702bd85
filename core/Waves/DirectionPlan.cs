using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// The plan for one direction: steps, the wave that moves, members that are late, when to plan again.
/// </summary>
internal sealed class DirectionPlan(PlanInput input, OutageProgress progress, Direction direction)
{
    private readonly List<WaveStart> _marks = [.. progress.Waves];

    public List<WaveSteps> Steps { get; } = [];

    /// <summary>Members that their wave has gone on without, each with how long it waited.</summary>
    public Dictionary<Member, Duration> Late { get; } = [];

    /// <summary>The waves that have begun and are not over.</summary>
    public HashSet<int> Moving { get; } = [];

    public WavePosition? Wave { get; private set; }

    public Instant? NextChange { get; private set; }

    /// <summary>Every wave is through or has been waited for long enough.</summary>
    public bool Finished { get; set; } = true;

    public OutageProgress Episode => progress with { Waves = _marks };

    /// <summary>The mark of the wave; one that begins now, if it has none.</summary>
    public WaveStart Begin(int priority)
    {
        if (_marks.Find(mark => mark.Priority == priority) is { } known)
            return known;
        var mark = new WaveStart(priority, input.Now);
        _marks.Add(mark);
        return mark;
    }

    /// <summary>The next wave goes although this one is not over.</summary>
    public WaveStart Leave(int priority)
    {
        var at = _marks.FindIndex(mark => mark.Priority == priority);
        return _marks[at] = _marks[at] with { Left = input.Now };
    }

    public void MovesAt(int priority, IReadOnlyList<int> all) =>
        Wave ??= new WavePosition(direction, priority, all.TakeWhile(p => p != priority).Count() + 1, all.Count);

    public void LookAgainAt(Instant? at)
    {
        if (at is { } instant && instant > input.Now && !(NextChange <= instant))
            NextChange = instant;
    }

    /// <summary>Whether the member may be asked (again) to go this way now.</summary>
    public bool MayAsk(Member member, Direction way)
    {
        if (input.Attempts.GetValueOrDefault(member.Scaler.Uid) is not { } attempt || attempt.Direction != way)
            return true;
        LookAgainAt(attempt.NextAt);
        return input.Now >= attempt.NextAt;
    }
}

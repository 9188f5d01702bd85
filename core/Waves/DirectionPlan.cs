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

    /// <summary>Members whose stage has not come, each with what it waits for.</summary>
    public Dictionary<Member, string> Stages { get; } = [];

    /// <summary>Members that wait at a gate, each with what that waits for.</summary>
    public Dictionary<Member, string> Gates { get; } = [];

    /// <summary>Members whose wave has come, and that wait until fewer are starting.</summary>
    public HashSet<Member> Queued { get; } = [];

    /// <summary>Members that have passed a gate at its deadline, each with what it had waited for.</summary>
    public Dictionary<Member, string> Passed { get; } = [];

    /// <summary>The gates that are to be looked at.</summary>
    public List<AskedGate> Asked { get; } = [];

    /// <summary>The first wave that its stage holds back; null: none.</summary>
    public (int Priority, string Why)? HeldBack { get; private set; }

    /// <summary>How long each wave that has begun is waited for at most.</summary>
    public Dictionary<int, Duration> Waits { get; } = [];

    /// <summary>The waves that have begun and are not over.</summary>
    public HashSet<int> Moving { get; } = [];

    public WavePosition? Wave { get; private set; }

    public Instant? NextChange { get; private set; }

    /// <summary>Every wave is through or has been waited for long enough.</summary>
    public bool Finished { get; set; } = true;

    public OutageProgress Episode => progress with { Waves = _marks };

    /// <summary>When the wave began; now, if it has not.</summary>
    public Instant BeganAt(int priority) => _marks.Find(mark => mark.Priority == priority)?.Began ?? input.Now;

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

    public void HoldsBack(int priority, Member member, string why)
    {
        Stages[member] = why;
        HeldBack ??= (priority, why);
        Finished = false;
    }

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
        var next = member.Type?.IsReconciler == true ? attempt.NextHoldAt : attempt.NextAt;
        LookAgainAt(next);
        return input.Now >= next;
    }
}

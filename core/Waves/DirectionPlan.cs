using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// The plan for one direction: steps, the wave that moves, members that are late, when to plan again.
/// </summary>
internal sealed class DirectionPlan(PlanInput input, OutageProgress progress, Direction direction)
{
    private readonly List<WaveStart> _marks = [.. progress.Waves];

    public List<WaveSteps> Steps { get; } = [];

    public HashSet<Member> Late { get; } = [];

    public WavePosition? Wave { get; private set; }

    public Instant? NextChange { get; private set; }

    /// <summary>Every wave is through or has been waited for long enough.</summary>
    public bool Finished { get; set; } = true;

    public OutageProgress Episode => progress with { Waves = _marks };

    /// <summary>When the wave began; now, if it begins now.</summary>
    public Instant Begin(int priority)
    {
        if (progress.WaveBegan(priority) is { } began)
            return began;
        _marks.Add(new WaveStart(priority, input.Now));
        return input.Now;
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

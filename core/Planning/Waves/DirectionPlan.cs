using NodaTime;

namespace Ebb.Core.Planning.Waves;

/// <summary>What one direction comes to: the orders, the wave that moves, who is late, when to look again.</summary>
internal sealed class DirectionPlan(PlanInput situation, OutageProgress episode, Direction direction)
{
    private readonly List<WaveStart> _marks = [.. episode.Waves];

    public List<WaveSteps> Steps { get; } = [];

    public HashSet<Member> Late { get; } = [];

    public WavePosition? Wave { get; private set; }

    public Instant? NextChange { get; private set; }

    /// <summary>Every wave is through or has been waited for long enough.</summary>
    public bool Finished { get; set; } = true;

    public OutageProgress Episode => episode with { Waves = _marks };

    /// <summary>When the wave began; now, if it begins now.</summary>
    public Instant Begin(int priority)
    {
        if (episode.WaveBegan(priority) is { } began)
            return began;
        _marks.Add(new WaveStart(priority, situation.Now));
        return situation.Now;
    }

    public void MovesAt(int priority, IReadOnlyList<int> all) =>
        Wave ??= new WavePosition(direction, priority, all.TakeWhile(p => p != priority).Count() + 1, all.Count);

    public void LookAgainAt(Instant? at)
    {
        if (at is { } instant && instant > situation.Now && !(NextChange <= instant))
            NextChange = instant;
    }

    /// <summary>Whether the member may be asked (again) to go this way now.</summary>
    public bool MayAsk(Member member, Direction way)
    {
        if (situation.Attempts.GetValueOrDefault(member.Scaler.Uid) is not { } attempt || attempt.Direction != way)
            return true;
        LookAgainAt(attempt.NextAt);
        return situation.Now >= attempt.NextAt;
    }
}

using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>When a wave began to move in the present turn.</summary>
/// <param name="Priority">Its priority in the present direction.</param>
/// <param name="Began">When its first member was asked.</param>
/// <param name="Left">When the next wave went although this one was not over; null: it did not.</param>
public sealed record WaveStart(int Priority, Instant Began, Instant? Left = null);

/// <summary>
/// What must be remembered of an outage because the cluster does not show it: when it and its present turn and waves
/// began. Where it stands is read from the cluster. When it is lost, waves wait again; baselines are not affected.
/// </summary>
public sealed record OutageProgress
{
    /// <summary>No outage.</summary>
    public static readonly OutageProgress None = new();

    /// <summary>When the outage began; null: there is none.</summary>
    public Instant? Began { get; init; }

    /// <summary>Why it began.</summary>
    public string? Cause { get; init; }

    /// <summary>It was asked for by a person and no UPS was the reason.</summary>
    public bool Drill { get; init; }

    /// <summary>The direction of the present turn.</summary>
    public Direction Direction { get; init; }

    /// <summary>When the present turn began.</summary>
    public Instant? TurnedAt { get; init; }

    /// <summary>The waves that have begun in the present turn, in the order in which they began.</summary>
    public IReadOnlyList<WaveStart> Waves
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The nodes that were ready and schedulable when the outage began; null: not known.</summary>
    public IReadOnlyList<string>? NodesBefore { get; init; }
}

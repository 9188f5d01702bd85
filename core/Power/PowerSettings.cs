using NodaTime;

namespace Ebb.Core.Power;

/// <summary>How power is judged (settings <c>Power__…</c>). Every duration is zero or more.</summary>
public sealed record PowerSettings
{
    /// <summary>
    /// How long on battery without a break before an outage begins; a low battery, a forced shutdown and a short budget
    /// skip it.
    /// </summary>
    public Duration OnBatteryFor { get; init; } = Duration.FromSeconds(5);

    /// <summary>Knowing nothing for this long after "on battery" is an outage (upsmon's DEADTIME).</summary>
    public Duration DeadTime { get; init; } = Duration.FromSeconds(15);

    /// <summary>
    /// How long mains must hold without a break before waking begins; nothing certain for <see cref="DeadTime"/> is
    /// one.
    /// </summary>
    public Duration MainsFor { get; init; } = Duration.FromSeconds(60);

    /// <summary>
    /// Percent of charge needed before waking begins, 0 to 100; an unknown charge, or one that does not rise, leaves it
    /// to <see cref="MainsFor"/> alone.
    /// </summary>
    public double RestoreCharge { get; init; } = 30;

    /// <summary>After this the next wave moves although somebody is late.</summary>
    public Duration WaveTimeout { get; init; } = Duration.FromMinutes(5);

    /// <summary>
    /// How many workloads start at once on the way up; 0: a whole wave; null: what the returns before have shown.
    /// </summary>
    public int? WakeAtOnce { get; init; }

    /// <summary>How much of what agrees by majority must be ready before the next wave starts.</summary>
    public WakeReady WakeReady { get; init; } = WakeReady.Majority;

    /// <summary>What becomes of a CloudNativePG cluster that is not hibernated in time.</summary>
    public ClusterFallback ClusterFallback { get; init; }

    /// <summary>
    /// How much of a reported runtime to believe, above 0 and at most 1, until an outage has taught better.
    /// </summary>
    public double RuntimeFactor { get; init; } = 0.25;

    /// <summary>Status words (upper case) that a device is known to set wrongly.</summary>
    public IReadOnlyCollection<string> IgnoreFlags { get; init; } = [];

    /// <summary>
    /// How long a UPS may say OFF or BYPASS before it counts as no supply, where there are several (upsmon's
    /// OFFDURATION).
    /// </summary>
    public Duration OffFor { get; init; } = Duration.FromSeconds(30);

    /// <summary>How many UPSes must be good (upsmon's MINSUPPLIES); 1 or more.</summary>
    public int MinimumSupplies { get; init; } = 1;
}

/// <summary>What a wave on its way up waits for, of StatefulSets and clusters of three or more.</summary>
public enum WakeReady
{
    /// <summary>The majority of what was ready.</summary>
    Majority,

    /// <summary>All that was ready.</summary>
    All,
}

/// <summary>What becomes of a CloudNativePG cluster that is not hibernated in time.</summary>
public enum ClusterFallback
{
    /// <summary>It is told as late, and runs until the power ends.</summary>
    None,

    /// <summary>PostgreSQL of all its instances is shut down by fencing it; pods and volumes stay.</summary>
    Fence,
}

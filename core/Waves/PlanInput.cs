using Ebb.Core.Gates;
using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>Everything that a plan is made of. The same input gives the same plan.</summary>
public sealed record PlanInput
{
    /// <summary>The cluster.</summary>
    public required ClusterView Cluster { get; init; }

    /// <summary>Its UpsScalers, validated.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>The power.</summary>
    public required PowerState Power { get; init; }

    /// <summary>What people asked.</summary>
    public required Orders Orders { get; init; }

    /// <summary>What is remembered of the outage.</summary>
    public required OutageProgress Progress { get; init; }

    /// <summary>What was last asked of workloads, by the UID of their UpsScaler.</summary>
    public required IReadOnlyDictionary<string, Attempt> Attempts { get; init; }

    /// <summary>How long a wave is waited for.</summary>
    public required PowerSettings Settings { get; init; }

    /// <summary>How many workloads start at once on the way up.</summary>
    public WakeLimit WakeLimit { get; init; } = WakeLimit.None;

    /// <summary>Schedules were not looked at yet by this process.</summary>
    public bool SchedulesAreUnknown { get; init; }

    /// <summary>What the waves down are known to need, by their priority; one that is not in it is not known.</summary>
    public IReadOnlyDictionary<int, Duration> Needed { get; init; } = new Dictionary<int, Duration>();

    /// <summary>What others than power ask of workloads, by the UID of their UpsScaler.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Claims.Claim>> Claims { get; init; } =
        new Dictionary<string, IReadOnlyList<Claims.Claim>>();

    /// <summary>What was read of the gates that were asked for; one that is not in it was not read yet.</summary>
    public IReadOnlyDictionary<GateKey, GateAnswer> Gates { get; init; } = new Dictionary<GateKey, GateAnswer>();

    /// <summary>Who is meant while supplies fail that feed only some nodes; null: no node names a supply.</summary>
    public PowerDomains? Domains { get; init; }

    /// <summary>False: it is only told what would be done.</summary>
    public bool Acts { get; init; } = true;

    /// <summary>The instant of the decision.</summary>
    public required Instant Now { get; init; }
}

using Ebb.Core.Outages;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Engine.Power;

/// <summary>Durations learned from earlier outages; only the learner writes them.</summary>
internal sealed class LearnedDurations
{
    private volatile DurationHistory _known = DurationHistory.Nothing;

    public DurationHistory Known
    {
        get => _known;
        set => _known = value;
    }
}

using Ebb.Core.Outages;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Engine.Power;

/// <summary>What the outages before have taught, as far as it is known now: read by whoever decides, written by the learner alone.</summary>
internal sealed class LearnedDurations
{
    private volatile DurationHistory _known = DurationHistory.Nothing;

    public DurationHistory Known
    {
        get => _known;
        set => _known = value;
    }
}

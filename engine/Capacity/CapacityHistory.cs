using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Engine.Capacity;

/// <summary>
/// What the scaler said, and said before, follower by follower: a ring buffer in memory. A sample at which nothing was
/// known
/// is kept as that. Safe from several threads.
/// </summary>
internal sealed class CapacityHistory
{
    /// <summary>An hour at ten seconds.</summary>
    internal const int MostSamples = 360;

    /// <summary>Those beyond it are not shown.</summary>
    internal const int MostFollowers = 50;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Namespace, string Name, int Place), Series> _followers = [];
    private volatile IReadOnlyDictionary<(string Namespace, string Name), int> _replicas =
        new Dictionary<(string, string), int>();
    private Instant? _at;
    private string? _why = "the scaler was not asked yet";

    /// <summary>
    /// How many replicas each follower is told to have, by its ScaledObject; whoever nothing is known of is not in it.
    /// Another instance when any of them changed.
    /// </summary>
    public IReadOnlyDictionary<(string Namespace, string Name), int> Replicas => _replicas;

    /// <param name="said">What the scaler said; null: nothing.</param>
    /// <param name="why">Why that is not known; empty: it is.</param>
    /// <param name="now">The instant.</param>
    public void Add(ScalerExplanation? said, string why, Instant now)
    {
        lock (_lock)
        {
            _why = why.Length == 0 ? null : why;
            if (said is not null)
                _at = now;
            Dictionary<(string, string), int> places = [];
            HashSet<(string, string, int)> seen = [];
            foreach (var item in said?.Items ?? [])
            {
                if (item is not { Namespace: { } space, Name: { } name })
                    continue;
                // Two triggers of one ScaledObject come in the order of their places.
                var place = places[(space, name)] = places.GetValueOrDefault((space, name), -1) + 1;
                if (!_followers.TryGetValue((space, name, place), out var follower))
                {
                    if (_followers.Count >= MostFollowers)
                        continue;
                    _followers[(space, name, place)] = follower = new Series();
                }

                seen.Add((space, name, place));
                follower.Take(item, why, now);
            }

            foreach (var (key, follower) in _followers.Where(f => !seen.Contains(f.Key)).ToList())
            {
                follower.Miss(said is null ? why : "the scaler is not asked about it any more", now);
                if (!follower.HasData)
                    _followers.Remove(key);
            }

            // Of two triggers of one ScaledObject KEDA takes the larger.
            var told = _followers
                .Where(f => f.Value.Replicas is not null)
                .GroupBy(f => (f.Key.Namespace, f.Key.Name))
                .ToDictionary(f => f.Key, f => f.Max(one => one.Value.Replicas!.Value));
            if (
                told.Count != _replicas.Count
                || told.Any(t => !_replicas.TryGetValue(t.Key, out var known) || known != t.Value)
            )
                _replicas = told;
        }
    }

    public CapacityAnswer Answer()
    {
        lock (_lock)
            return new CapacityAnswer(
                _why is null,
                _why,
                _at,
                [.. _followers.Select(f => f.Value.Answer(f.Key.Namespace, f.Key.Name))]
            );
    }

    private sealed class Series
    {
        private readonly Queue<CapacitySample> _samples = new();
        private ExplainedItem? _item;
        private (string Resource, string Unit) _of = ("", "");
        private string _reason = "";

        public int? Replicas => _item?.Replicas;

        public bool HasData => _samples.Any(sample => sample.Allocatable is not null);

        public void Take(ExplainedItem item, string why, Instant now)
        {
            if (item.Capacity is not { } capacity)
            {
                Miss(item.Unknown ?? item.Invalid ?? "the scaler gives no numbers", now);
                return;
            }

            _of = (capacity.Resource ?? "", capacity.Unit ?? "");
            // Numbers that are held because the API server is away are not of now.
            if (!capacity.Trusted || why.Length > 0)
            {
                Miss(why.Length > 0 ? why : $"nodes and pods cannot be read: {capacity.Pace}", now);
                return;
            }

            (_item, _reason) = (item, item.Because ?? capacity.Pace ?? "");
            Keep(
                new CapacitySample(
                    now,
                    Number(capacity.Allocatable),
                    Number(capacity.RequestedByOthers),
                    Number(capacity.Reserve),
                    Number(capacity.Harvested)
                )
            );
        }

        public void Miss(string why, Instant now)
        {
            (_item, _reason) = (null, why);
            Keep(new CapacitySample(now, null, null, null, null));
        }

        public FollowerAnswer Answer(string space, string name)
        {
            var capacity = _item?.Capacity;
            return new FollowerAnswer(
                space,
                name,
                _of.Resource,
                _of.Unit,
                Number(capacity?.Allocatable),
                Number(capacity?.RequestedByOthers),
                Number(capacity?.Reserve),
                Number(capacity?.Remaining),
                Number(capacity?.Harvested),
                Number(capacity?.PerReplica),
                capacity?.Fits,
                _item?.Replicas,
                _reason,
                capacity?.EligibleNodes,
                [
                    .. (capacity?.Nodes ?? []).Select(node => new NodeAnswer(
                        node.Name ?? "",
                        node.Refusal,
                        Number(node.Allocatable),
                        Number(node.RequestedByOthers),
                        node.Fits,
                        node.WhyNot,
                        node.GivenBack,
                        (node.Resources ?? new Dictionary<string, ExplainedResource?>()).ToDictionary(
                            one => one.Key,
                            one => new ResourceAnswer(
                                Number(one.Value?.Allocatable),
                                Number(one.Value?.RequestedByOthers)
                            )
                        )
                    )),
                ],
                capacity
                    ?.Waiting?.Select(one => new WaitingAnswer(one.Pod ?? "", one.Nodes ?? [], one.MoreNodes))
                    .ToList(),
                capacity?.MoreWaiting,
                capacity?.NotDemand?.Select(one => new UnmetAnswer(one.Pod ?? "", one.Why ?? "")).ToList(),
                capacity?.MoreNotDemand,
                [.. _samples]
            );
        }

        private static decimal? Number(string? text) => ExplainedNode.Number(text);

        private void Keep(CapacitySample sample)
        {
            if (_samples.Count == MostSamples)
                _samples.Dequeue();
            _samples.Enqueue(sample);
        }
    }
}

using Ebb.Core.Power;
using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>
/// Outages of every kind in virtual time, against rules that hold whatever happens: the order of the waves, nothing
/// asked twice, no wave held by what cannot end, and everything as it was at last.
/// </summary>
public class RandomOutageSpecs
{
    private static readonly int Outages = Environment.GetEnvironmentVariable("EBB_LONG") is null ? 20 : 200;

    [Fact]
    public void Whatever_happens_the_order_holds_nothing_is_asked_twice_and_all_is_as_it_was()
    {
        for (var seed = 0; seed < Outages; seed++)
            new History(seed).Run();
    }

    private sealed class History
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly FakeCluster _cluster;
        private readonly List<(string Name, int Down, int Up, int Replicas, double Stop)> _workloads = [];
        private readonly HashSet<string> _stuck = [];
        private readonly HashSet<string> _dead = [];
        private readonly HashSet<string> _refused = [];
        private int _told;

        public History(int seed)
        {
            (_seed, _random) = (seed, new Random(seed));
            _cluster = new FakeCluster(new PowerSettings { WaveTimeout = Duration.FromSeconds(60) });
            for (var i = 0; i < _random.Next(2, 8); i++)
            {
                var it = (
                    Name: $"w{i}",
                    Down: _random.Next(1, 4),
                    Up: _random.Next(1, 4),
                    Replicas: _random.Next(1, 6),
                    Stop: (double)_random.Next(0, 20)
                );
                _workloads.Add(it);
                _cluster.With(it.Name, it.Down, it.Up, it.Replicas, it.Stop, _random.Next(0, 20));
            }
        }

        public void Run()
        {
            _cluster.Run(70, "OL");
            foreach (var (name, _, _, _, _) in _workloads)
            {
                if (_random.Next(8) == 0 && _stuck.Add(name))
                    _cluster.Hang(name);
                else if (_random.Next(8) == 0 && _dead.Add(name))
                    _cluster.Strand(name, $"{name}-on-a-dead-node");
                else if (_random.Next(8) == 0 && _refused.Add(name))
                    _cluster.Refusals[name] = "Forbidden: a policy says no";
            }
            for (var turn = _random.Next(1, 4); turn > 0; turn--)
            {
                GoesDown();
                if (turn > 1 && _random.Next(2) == 0)
                    Lasts(_random.Next(1, 70), "OL");
            }
            Ends();
        }

        private void GoesDown()
        {
            Lasts(5 + _random.Next(3), "OB");
            var began = _cluster.Now;
            // Long enough for every wave to have its wait: a minute each, and one that begins anew after a restart.
            Lasts(_random.Next(40, 400), "OB");
            if (_cluster.Now - began < 4 * 60 + 30)
                return;
            foreach (var (name, _, _, _, _) in _workloads.Where(w => !_refused.Contains(w.Name)))
                True(_cluster.ReplicasOf(name) == 0, $"{name} was never asked to sleep");
        }

        private void Ends()
        {
            _cluster.Refusals.Clear();
            foreach (var name in _stuck.ToList())
                _cluster.Unhang(name);
            _stuck.Clear();
            Lasts(600, "OL");
            foreach (var (name, _, _, replicas, _) in _workloads)
            {
                True(_cluster.ReplicasOf(name) == replicas, $"{name} is {_cluster.ReplicasOf(name)}, was {replicas}");
                True(_cluster.BaselineOf(name) is null, $"{name} has a Baseline left");
            }
            True(_cluster.Plan.Phase == Phase.Normal, $"phase {_cluster.Plan.Phase}: {_cluster.Plan.Reason}");
        }

        /// <summary>Time passes; now and then the leader dies, contact is lost, or the API server is sick.</summary>
        private void Lasts(int seconds, string status)
        {
            var silent = 0;
            for (var i = 0; i < seconds; i++)
            {
                if (_random.Next(200) == 0)
                    _cluster.Restart();
                if (_random.Next(200) == 0)
                    silent = _random.Next(1, 6);
                _cluster.Unread = _random.Next(50) == 0 ? "deployments cannot be read: timed out" : null;
                var before = _cluster.Workloads.ToDictionary(w => w.Name, w => w.Replicas);
                if (silent-- > 0)
                    _cluster.Silence(1);
                else
                    _cluster.Run(1, status);
                Check(before);
            }
            _cluster.Unread = null;
        }

        private void Check(Dictionary<string, int> before)
        {
            var scaled = _cluster
                .Writes.Skip(_told)
                .Select(w => w.Split(' '))
                .Where(w => w is [_, _, "scale", _])
                .Select(w => (Name: w[1], To: int.Parse(w[3])))
                .ToList();
            _told = _cluster.Writes.Count;
            True(scaled.DistinctBy(w => w).Count() == scaled.Count, "the same was asked twice in a turn");
            foreach (var (name, to) in scaled)
            {
                True(before[name] != to, $"{name} was asked to be {to}, which it was");
                var own = _workloads.Single(w => w.Name == name);
                True(to == 0 || to == own.Replicas, $"{name} was asked to be {to}");
                if (to == 0)
                    // Nothing of an earlier wave is left that has not been asked, but for what is refused.
                    foreach (var earlier in _workloads.Where(w => w.Down < own.Down && !_refused.Contains(w.Name)))
                        True(_cluster.ReplicasOf(earlier.Name) == 0, $"{name} was asked before {earlier.Name}");
            }
        }

        private void True(bool holds, string fault) =>
            Assert.True(holds, $"seed {_seed}, second {_cluster.Now}: {fault}; {string.Join(", ", _cluster.Writes)}");
    }
}

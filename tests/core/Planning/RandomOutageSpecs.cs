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
    private static readonly int Outages = Environment.GetEnvironmentVariable("EBB_LONG") is null ? 200 : 1000;

    [Fact]
    public void Whatever_happens_the_order_holds_nothing_is_asked_twice_and_all_is_as_it_was()
    {
        for (var seed = 0; seed < Outages; seed++)
            new History(seed).Run();
    }

    private sealed class History
    {
        private const int WaveTimeout = 60;

        private readonly int _seed;
        private readonly Random _random;
        private readonly FakeCluster _cluster;
        private readonly Battery _battery;
        private readonly List<(string Name, int Down, int Up, int Replicas, double Stop)> _workloads = [];
        private readonly HashSet<string> _stuck = [];
        private readonly HashSet<string> _refused = [];
        private int _told;

        /// <summary>Seconds of its life, whatever the clock says, and when a process last lost its memory.</summary>
        private int _lived;
        private int _forgot;

        public History(int seed)
        {
            (_seed, _random) = (seed, new Random(seed));
            _battery = new Battery(_random);
            _cluster = new FakeCluster(new PowerSettings { WaveTimeout = Duration.FromSeconds(WaveTimeout) })
            {
                Nodes = [new("n1", true, true), new("n2", true, true), new("n3", true, true)],
            };
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
            Lasts(70, "OL");
            foreach (var (name, _, _, _, _) in _workloads)
                if (_random.Next(8) == 0 && _refused.Add(name))
                    _cluster.Refusals[name] = "Forbidden: a policy says no";
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
            var began = _lived;
            // Long enough for every wave to have its wait: a minute each, and those that begin anew after a restart.
            for (var left = _random.Next(40, 400); left > 0; )
            {
                var part = Math.Min(left, _random.Next(1, 100));
                Lasts(
                    part,
                    _random.Next(6) is var flag && flag == 0 ? "OB LB"
                        : flag == 1 ? "OB FSD"
                        : "OB DISCHRG"
                );
                left -= part;
            }
            if (_lived - Math.Max(began, _forgot) < (4 * WaveTimeout) + 30)
                return;
            foreach (var (name, _, _, _, _) in _workloads.Where(w => !_refused.Contains(w.Name)))
                if (_cluster.ReplicasOf(name) != 0)
                    Fails($"{name} was never asked to sleep");
        }

        private void Ends()
        {
            _cluster.Refusals.Clear();
            foreach (var name in _stuck)
                _cluster.Unhang(name);
            _stuck.Clear();
            // The nodes come back, or they never do.
            if (_random.Next(2) == 0)
                _cluster.Nodes = [.. _cluster.Nodes!.Select(node => node with { Ready = true })];
            Lasts(700, "OL CHRG", calm: true);
            foreach (var (name, _, _, replicas, _) in _workloads)
            {
                if (_cluster.ReplicasOf(name) != replicas)
                    Fails($"{name} is {_cluster.ReplicasOf(name)}, was {replicas}");
                if (_cluster.BaselineOf(name) is not null)
                    Fails($"{name} has a Baseline left");
            }
            if (_cluster.Plan.Phase != Phase.Normal)
                Fails($"phase {_cluster.Plan.Phase}: {_cluster.Plan.Reason}");
        }

        /// <summary>
        /// Time passes; now and then the leader dies, contact is lost, the API server is sick, the clock is set, a node
        /// dies or a pod hangs.
        /// </summary>
        private void Lasts(int seconds, string status, bool calm = false)
        {
            var silent = 0;
            for (var i = 0; i < seconds; i++)
            {
                if (!calm || i < seconds / 2)
                    Disturb();
                if (_random.Next(200) == 0)
                    silent = _random.Next(1, 6);
                _cluster.Unread = _random.Next(50) == 0 ? "deployments cannot be read: timed out" : null;
                var before = _cluster.Workloads.ToDictionary(w => w.Name, w => w.Replicas);
                _battery.Passes(status);
                if (silent-- > 0)
                    _cluster.Silence(1);
                else
                    _cluster.Run(1, status, _battery.Charge, runtime: _battery.Runtime is { } left ? _ => left : null);
                _lived++;
                Check(before);
            }
            _cluster.Unread = null;
        }

        private void Disturb()
        {
            switch (_random.Next(1500))
            {
                case < 6:
                    _cluster.Restart();
                    _forgot = _lived;
                    break;
                case < 12:
                    // A process goes on by the clock that it began with, until nothing is counted any more.
                    if (_cluster.Plan is { Phase: Phase.Normal } && _cluster.Input().Power.Mains == Mains.On)
                        _cluster.SetClock(Step());
                    else
                    {
                        _cluster.TakeOverWithClockSet(Step());
                        _forgot = _lived;
                    }
                    break;
                case < 16 when _cluster.Nodes!.Exists(node => node.Ready):
                    _cluster.Nodes = [.. _cluster.Nodes.Select(n => n.Name == "n3" ? n with { Ready = false } : n)];
                    foreach (var (name, _, _, _, _) in _workloads.Where(w => _cluster.PodsOf(w.Name) > 0))
                        if (_random.Next(2) == 0)
                            _cluster.Strand(name, $"{name}-on-n3");
                    break;
                case < 22 when _workloads[_random.Next(_workloads.Count)].Name is var name && _cluster.PodsOf(name) > 0:
                    if (_stuck.Add(name))
                        _cluster.Hang(name);
                    break;
            }
        }

        /// <summary>Minutes or hours, forwards or backwards.</summary>
        private double Step() =>
            (_random.Next(2) == 0 ? 1 : -1) * _random.Next(1, 13) * (_random.Next(2) == 0 ? 60 : 3600);

        private void Check(Dictionary<string, int> before)
        {
            var scaled = _cluster
                .Writes.Skip(_told)
                .Select(w => w.Split(' '))
                .Where(w => w is [_, _, "scale", _])
                .Select(w => (Name: w[1], To: int.Parse(w[3])))
                .ToList();
            _told = _cluster.Writes.Count;
            if (scaled.Distinct().Count() != scaled.Count)
                Fails("the same was asked twice in a turn");
            foreach (var (name, to) in scaled)
            {
                if (before[name] == to)
                    Fails($"{name} was asked to be {to}, which it was");
                var own = _workloads.Single(w => w.Name == name);
                if (to != 0 && to != own.Replicas)
                    Fails($"{name} was asked to be {to}");
                // Nothing of an earlier wave is left that has not been asked, but for what is refused.
                if (to == 0 && _workloads.Find(w => w.Down < own.Down && !IsAsked(w.Name)) is { Name: { } earlier })
                    Fails($"{name} was asked before {earlier}");
            }
            if (_cluster.Plan.Direction != Direction.Down || _cluster.Unread is not null)
                return;
            // What cannot end holds nobody.
            foreach (var late in _workloads.Where(w => !IsAsked(w.Name)))
                if (_workloads.Where(w => w.Down < late.Down).All(w => HasEnded(w.Name)))
                    Fails($"{late.Name} is not asked, although nothing that can end is left of the waves before");
        }

        private bool IsAsked(string name) => _refused.Contains(name) || _cluster.ReplicasOf(name) == 0;

        private bool HasEnded(string name) => _cluster.ReplicasOf(name) == 0 && _cluster.PodsOf(name) == 0;

        private void Fails(string fault) =>
            Assert.Fail($"seed {_seed}, second {_cluster.Now}: {fault}; {string.Join(", ", _cluster.Writes)}");
    }

    /// <summary>What a UPS tells of its battery: as it is, a part of that, always the same, or nothing.</summary>
    private sealed class Battery(Random random)
    {
        private readonly bool _tellsCharge = random.Next(3) > 0;
        private readonly bool _tellsRuntime = random.Next(3) > 0;
        private readonly bool _isStuck = random.Next(6) == 0;
        private readonly double _lasts = random.Next(120, 2000);
        private double _left = 1;

        public double? Charge =>
            !_tellsCharge ? null
            : _isStuck ? 100
            : Math.Round(100 * _left);

        public double? Runtime =>
            !_tellsRuntime ? null
            : _isStuck ? 1200
            : Math.Round(_lasts * _left);

        /// <summary>A second; it charges ten times as fast as it empties.</summary>
        public void Passes(string status) =>
            _left = Math.Clamp(_left + ((status.StartsWith("OB", StringComparison.Ordinal) ? -1 : 10) / _lasts), 0, 1);
    }
}

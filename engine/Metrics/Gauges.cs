using System.Diagnostics.Metrics;
using Ebb.Core.Power;
using Ebb.Core.Time.Windows;
using Ebb.Core.Waves;
using Ebb.Engine.Instruments;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Metrics;

/// <summary>
/// What is read off the last decision whenever somebody asks. What is not known is not shown: it is never 0.
/// </summary>
internal sealed class Gauges : IDisposable
{
    private static readonly Phase[] Phases = Enum.GetValues<Phase>();
    private static readonly Mains[] AllMains = Enum.GetValues<Mains>();
    private static readonly BatteryLevel[] Levels = Enum.GetValues<BatteryLevel>();
    private readonly Meter _meter = new(Measures.MeterName);
    private readonly PowerPath _path;

    public Gauges(PowerPath path, EbbSettings settings, LearnedDurations learned)
    {
        _path = path;
        var version = typeof(Gauges).Assembly.GetName().Version?.ToString(3) ?? "";
        Add(
            "ebb.build.info",
            null,
            "Always 1; the version and that of the time zone data are labels.",
            _ =>
                [
                    new(
                        1,
                        new KeyValuePair<string, object?>("version", version),
                        new KeyValuePair<string, object?>("tzdata", TimeZones.Version)
                    ),
                ]
        );
        Add("ebb.leading", null, "1 where this replica leads.", _ => [One(path.Leads)]);
        Add("ebb.acting", null, "1 where Power__Act lets decisions be carried out.", _ => [One(settings.Act)]);
        Add(
            "ebb.state_store.available",
            null,
            "1 while the state store answers.",
            _ => [One(path.StorageTrouble is null)]
        );
        Add(
            "ebb.cluster.reachable",
            null,
            "1 while the Kubernetes API answers.",
            v => v.Cluster.Reachable is { } reachable ? [One(reachable)] : []
        );
        Add(
            "ebb.power.mains",
            null,
            "1 at the state that all supplies together are in.",
            Led(v => AllMains.Select(m => One(v.Power.Mains == m, "state", Wording.Of(m))))
        );
        Add(
            "ebb.power.battery",
            null,
            "1 at the level of the battery.",
            Led(v => Levels.Select(l => One(v.Power.Battery == l, "state", Wording.Of(l))))
        );
        Add("ebb.power.forced_shutdown", null, "1 while a UPS says FSD.", Led(v => [One(v.Power.ForcedShutdown)]));
        Add(
            "ebb.power.budget",
            "s",
            "How long the batteries are believed to last; absent on mains.",
            Led(v => v.Power.Budget is { } budget ? [new(budget.Remaining.TotalSeconds)] : [])
        );
        Add(
            "ebb.would.move",
            null,
            "1 at the way that everything would go, while observing only; absent where Power__Act lets it go.",
            Led(v =>
                settings.Act
                    ? []
                    : new[] { Direction.Down, Direction.Up }.Select(d =>
                        One(v.Plan.Would == d, "direction", Wording.Of(d))
                    )
            )
        );
        AddUps(
            "ebb.ups.fresh",
            null,
            "1 while the UPS is heard; 0: no data, which is not the same as no power.",
            s => s.LostSince is null && s.Reading is not null ? 1 : 0
        );
        AddUps(
            "ebb.ups.on_mains",
            null,
            "1 on mains, 0 on battery; absent while that is not known.",
            s =>
                s.Mains switch
                {
                    Mains.On => 1,
                    Mains.Battery => 0,
                    _ => null,
                }
        );
        AddUps("ebb.ups.charge", "1", "Charge of the battery, 0 to 1.", s => s.Reading?.Charge / 100);
        AddUps("ebb.ups.load", "1", "Load of the UPS, 0 to 1.", s => s.Reading?.Load / 100);
        AddUps(
            "ebb.ups.runtime",
            "s",
            "Runtime as the UPS reports it, which is more than it keeps.",
            s => s.Reading?.Runtime?.TotalSeconds
        );
        Add(
            "ebb.phase",
            null,
            "1 at the phase of the whole cluster.",
            Led(v => Phases.Select(p => One(v.Plan.Phase == p, "phase", Wording.Of(p))))
        );
        Add(
            "ebb.wave.position",
            null,
            "Which wave moves, the first being 1; absent while none does.",
            Led(v =>
                v.Plan.Wave is { } wave
                    ? [new(wave.Position, new KeyValuePair<string, object?>("direction", Wording.Of(wave.Direction)))]
                    : []
            )
        );
        Add(
            "ebb.waves",
            null,
            "How many waves there are.",
            Led(v =>
                [
                    new(
                        v.Plan.Workloads.Where(w => w.Member.Refusal is null)
                            .Select(w => w.Member.DownPriority)
                            .Distinct()
                            .Count()
                    ),
                ]
            )
        );
        Add(
            "ebb.workloads",
            null,
            "Workloads by where they stand.",
            Led(v => Counted(v, w => ("state", Wording.Of(w.Shown))))
        );
        Add(
            "ebb.workloads.late",
            null,
            "Workloads that their wave went on without.",
            Led(v =>
                v.Plan.Workloads.GroupBy(w => w.Member.Scaler.TargetNamespace)
                    .Select(g => new Measurement<double>(
                        g.Count(w => w.Late),
                        new KeyValuePair<string, object?>("namespace", g.Key)
                    ))
            )
        );
        Add(
            "ebb.learned.duration",
            "s",
            "How long a workload takes to sleep or to wake, most times, as the outages before have taught; absent: it never has.",
            Led(v =>
                v.Plan.Workloads.Select(w => w.Member.ToString())
                    .SelectMany(name =>
                        Taught(name, "sleep", learned.Known.Sleep(name))
                            .Concat(Taught(name, "wake", learned.Known.Wake(name)))
                    )
            )
        );
        Add(
            "ebb.decisions",
            null,
            "Workloads by whose word decides their size; none: nobody's.",
            Led(v =>
                Counted(
                    v,
                    w =>
                        (
                            "source",
                            w.Decision.Winner is { AsksNothing: false } winner ? Wording.Of(winner.Source) : "none"
                        )
                )
            )
        );
    }

    private static IEnumerable<Measurement<double>> Counted(
        PowerView view,
        Func<WorkloadState, (string Label, string Value)> by
    ) =>
        view
            .Plan.Workloads.GroupBy(w => (w.Member.Scaler.TargetNamespace, By: by(w)))
            .Select(g => new Measurement<double>(
                g.Count(),
                new KeyValuePair<string, object?>("namespace", g.Key.TargetNamespace),
                new KeyValuePair<string, object?>(g.Key.By.Label, g.Key.By.Value)
            ));

    private void AddUps(string name, string? unit, string description, Func<Supply, double?> value) =>
        Add(
            name,
            unit,
            description,
            view =>
                view.Power.Supplies.Select(s => (s.Ups, Value: value(s)))
                    .Where(s => s.Value is not null)
                    .Select(s => new Measurement<double>(
                        s.Value!.Value,
                        new KeyValuePair<string, object?>("ups", s.Ups)
                    ))
        );

    private void Add(
        string name,
        string? unit,
        string description,
        Func<PowerView, IEnumerable<Measurement<double>>> observe
    ) => _meter.CreateObservableGauge(name, () => _path.View is { } view ? observe(view) : [], unit, description);

    /// <summary>
    /// Of the whole cluster, so of the leader alone: it knows how far the waves are, and sums over replicas add up.
    /// </summary>
    private Func<PowerView, IEnumerable<Measurement<double>>> Led(
        Func<PowerView, IEnumerable<Measurement<double>>> observe
    ) => view => _path.Leads ? observe(view) : [];

    private static IEnumerable<Measurement<double>> Taught(string workload, string way, NodaTime.Duration? took) =>
        took is { } time
            ?
            [
                new(
                    time.TotalSeconds,
                    new KeyValuePair<string, object?>("workload", workload),
                    new KeyValuePair<string, object?>("way", way)
                ),
            ]
            : [];

    private static Measurement<double> One(bool holds) => new(holds ? 1 : 0);

    private static Measurement<double> One(bool holds, string label, string value) =>
        new(holds ? 1 : 0, new KeyValuePair<string, object?>(label, value));

    public void Dispose() => _meter.Dispose();
}

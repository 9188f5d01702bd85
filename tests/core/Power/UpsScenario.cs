using Ebb.Core.Outages;
using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

/// <summary>The memory of one UPS, fed with readings second by second.</summary>
internal sealed class UpsScenario(PowerSettings? settings = null, string ups = "ups")
{
    public PowerSettings Settings { get; } = settings ?? new PowerSettings();

    public SupplyMemory Memory { get; private set; } = new() { Ups = ups };

    public double Now { get; private set; }

    public UpsScenario Says(
        double at,
        string? status,
        double? charge = 100,
        double? runtime = null,
        string source = "nut",
        double? chargeLow = null,
        double? runtimeLow = null
    ) =>
        Hears(
            at,
            Reading(at, status, charge, runtime, source) with
            {
                ChargeLow = chargeLow,
                RuntimeLow = runtimeLow is { } low ? Duration.FromSeconds(low) : null,
            }
        );

    /// <summary>
    /// The same status every <paramref name="step"/> seconds from <paramref name="from"/> to <paramref name="to"/>,
    /// both included.
    /// </summary>
    public UpsScenario SaysFrom(double from, double to, string status, double step = 2, double? charge = 100)
    {
        for (var at = from; at <= to; at += step)
            Says(at, status, charge);
        return this;
    }

    public UpsScenario IsSilent(double at, UpsFault fault = UpsFault.Unreachable, string source = "nut") =>
        Hears(at, new UpsNoAnswer(ups, source, At.Second(at), fault, "no answer"));

    /// <summary>Another process finds what was stored, at whatever time its clock shows.</summary>
    public void Recall(double at) => (Now, Memory) = (at, RememberedInstant.At(Memory, At.Second(at)));

    public UpsScenario Hears(double at, params UpsAnswer[] answers)
    {
        Now = at;
        Memory = Memory.After(answers, Settings, At.Second(at));
        return this;
    }

    public UpsReading Reading(
        double at,
        string? status,
        double? charge = 100,
        double? runtime = null,
        string source = "nut"
    ) =>
        new(
            ups,
            source,
            At.Second(at),
            status is null ? null : UpsFlags.Parse(status),
            charge,
            runtime is > 0 and { } r ? Duration.FromSeconds(r) : null,
            RuntimeAtZero: runtime == 0
        );

    public Supply Supply(double? at = null) => Memory.At(At.Second(at ?? Now), Settings);

    public PowerVerdict Verdict(double? at = null, double? acknowledged = null, double? needed = null) =>
        PowerVerdict.Of(
            Supply(at),
            Settings,
            acknowledged is { } a ? At.Second(a) : null,
            needed is { } n ? Duration.FromSeconds(n) : null,
            At.Second(at ?? Now)
        );
}

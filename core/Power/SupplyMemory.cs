using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// What must be remembered of one UPS because it cannot be observed again: since when it is as it is. A fold over
/// answers: the same answers give the same memory, however often and from whom the question came.
/// </summary>
public sealed record SupplyMemory
{
    /// <summary>Samples kept of one outage; the oldest but the first go first.</summary>
    private const int MostSamples = 256;

    /// <summary>The UPS.</summary>
    public required string Ups { get; init; }

    /// <summary>What the last status that said something said.</summary>
    public Mains LastKnown { get; init; }

    /// <summary>Since when <see cref="LastKnown"/> holds; null: never known.</summary>
    public Instant? Since { get; init; }

    /// <summary>Since when the status says neither or both; null: it speaks clearly.</summary>
    public Instant? DoubtSince { get; init; }

    /// <summary>Since when no source gives a status; null: one does.</summary>
    public Instant? LostSince { get; init; }

    /// <summary>
    /// Since when nothing certain was heard, be it silence, doubt or WAIT; null: the last answer was certain.
    /// </summary>
    public Instant? UncertainSince { get; init; }

    /// <summary>
    /// When LB, or a charge or runtime at its threshold, was first seen together with OB in an unbroken row of
    /// readings; null: the last reading had not both.
    /// </summary>
    public Instant? LowSince { get; init; }

    /// <summary>Since when FSD stands in every status; null: it did not stand in the last one.</summary>
    public Instant? ForcedSince { get; init; }

    /// <summary>Since when FSD stands as an order; null for a mere latch or none.</summary>
    public Instant? OrderedAt { get; init; }

    /// <summary>Since when OFF or BYPASS stands in every status; null: neither stood in the last one.</summary>
    public Instant? OffSince { get; init; }

    /// <summary>CAL stood in the last status.</summary>
    public bool Calibrating { get; init; }

    /// <summary>The last reading with a status, of the preferred source, completed by the others.</summary>
    public UpsReading? Reading { get; init; }

    /// <summary>The runtime reported last while on mains.</summary>
    public Duration? RuntimeBefore { get; init; }

    /// <summary>How the charge rises on mains; null: on battery, or it is not known.</summary>
    public Recharge? Recharge { get; init; }

    /// <summary>Whether the charge is more than a guess.</summary>
    public Movement ChargeMovement { get; init; } = Movement.None;

    /// <summary>Whether the runtime is more than a guess.</summary>
    public Movement RuntimeMovement { get; init; } = Movement.None;

    /// <summary>Samples of the present time on battery, oldest first.</summary>
    public IReadOnlyList<BatterySample> Samples { get; init; } = [];

    /// <summary>What a person should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Takes in what the sources of this UPS answered, the preferred source first. No answers: nothing changes.
    /// </summary>
    public SupplyMemory After(IReadOnlyList<UpsAnswer> answers, PowerSettings settings, Instant now)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(settings);
        if (answers.Count == 0)
            return this;

        List<string> notes = [];
        List<(UpsReading Reading, StatusReading Status)> fresh = [];
        foreach (var answer in answers)
        {
            switch (answer)
            {
                case UpsReading reading when StatusReading.Of(reading.Flags, settings.IgnoreFlags) is { } status:
                    fresh.Add((reading, status));
                    break;
                case UpsReading reading:
                    notes.Add($"{reading.Source}: no ups.status");
                    break;
                case UpsNoAnswer { Fault: UpsFault.AccessDenied or UpsFault.UnknownUps } silence:
                    notes.Add($"{silence.Source}: configuration error: {silence.Detail}");
                    break;
                case UpsNoAnswer silence:
                    notes.Add($"{silence.Source}: {silence.Detail}");
                    break;
                default:
                    throw new ArgumentOutOfRangeException(
                        nameof(answers),
                        answer,
                        "an answer that is neither a reading nor a silence"
                    );
            }
        }

        if (fresh.Count == 0)
            return this with { LostSince = LostSince ?? now, UncertainSince = UncertainSince ?? now, Notes = notes };

        var said = fresh[0].Status;
        var preferred = fresh.Select(f => f.Reading).Aggregate((first, next) => first.CompletedBy(next));
        notes.AddRange(fresh.SelectMany(f => f.Status.Notes).Distinct());
        notes.AddRange(
            fresh.Where(f => f.Reading.Note is not null).Select(f => $"{f.Reading.Source}: {f.Reading.Note}")
        );
        if (preferred.Disbelieved is { } disbelieved)
            notes.Add(disbelieved);
        if (preferred.Alarm is { Length: > 0 } alarm)
            notes.Add($"alarm: {alarm}");

        var mains = said.Mains;
        if (fresh.Select(f => f.Status.Mains).OfType<Mains>().Where(m => m != Mains.Unknown).Distinct().Count() > 1)
        {
            mains = Mains.Unknown;
        }
        // A source without a clear status does not override one that has it.
        else if (
            mains is null or Mains.Unknown
            && fresh.Select(f => f.Status.Mains).FirstOrDefault(m => m is Mains.On or Mains.Battery) is { } clear
        )
            mains = clear;

        if (Disagreement.Of(fresh) is { } differing)
            notes.Add(differing);

        return
            this with
            {
                LostSince = null,
                Notes = notes,
                Reading = preferred,
                ChargeMovement = ChargeMovement.After(preferred.Charge, now),
                RuntimeMovement = RuntimeMovement.After(preferred.Runtime?.TotalSeconds, now),
                Calibrating = said.Calibrating,
                OffSince =
                    said.Mains is null ? OffSince
                    : said.Off ? OffSince ?? now
                    : null,
                ForcedSince = said.Forced ? ForcedSince ?? now : null,
                OrderedAt = said.Forced ? OrderedAt ?? (SeenToBegin(mains, now) ? now : null) : null,
            }
                is var next
            && mains is { } known
            ? next.Turned(known, said.Low, preferred, LostSince ?? now, settings, now)
            // WAIT after a silence says nothing yet, so it does not end it.
            : next with
            {
                DoubtSince = DoubtSince ?? LostSince,
                UncertainSince = UncertainSince ?? now,
            };
    }

    /// <summary>
    /// FSD on a first reading, on mains, is a latch from before or a device that always says so; else it is an order.
    /// </summary>
    private bool SeenToBegin(Mains? mains, Instant now) =>
        mains == Mains.Battery || (Reading is not null && ForcedSince is null && Since < now);

    /// <param name="mains">What the status says.</param>
    /// <param name="low">LB.</param>
    /// <param name="reading">The reading.</param>
    /// <param name="uncertain">Since when nothing is certain if the status says nothing: a silence goes on in a
    /// doubt.</param>
    /// <param name="settings">How long nothing certain may be heard.</param>
    /// <param name="now">The instant.</param>
    private SupplyMemory Turned(
        Mains mains,
        bool low,
        UpsReading reading,
        Instant uncertain,
        PowerSettings settings,
        Instant now
    )
    {
        if (mains == Mains.Unknown)
            return this with
            {
                DoubtSince = DoubtSince ?? uncertain,
                UncertainSince = UncertainSince ?? now,
                LowSince = null,
            };
        var onBattery = mains == Mains.Battery;
        // Mains that nobody has seen for a while may have failed meanwhile; a battery has been emptying all the time.
        var unseen = !onBattery && now - UncertainSince >= settings.DeadTime;
        var began = mains != LastKnown || Since is null || unseen;
        return this with
        {
            LastKnown = mains,
            Since = began ? now : Since,
            DoubtSince = null,
            UncertainSince = null,
            LowSince =
                onBattery
                && (low || LowBattery.IsBelowThreshold(reading, ChargeMovement, RuntimeMovement, began ? now : Since))
                    ? LowSince ?? reading.At
                    : null,
            RuntimeBefore = onBattery ? RuntimeBefore : reading.Runtime ?? RuntimeBefore,
            Recharge = onBattery ? null : Recharge.After(began ? null : Recharge, reading.Charge, now),
            Samples = onBattery ? Sampled(began ? [] : Samples, reading) : [],
        };
    }

    private static IReadOnlyList<BatterySample> Sampled(IReadOnlyList<BatterySample> samples, UpsReading reading)
    {
        if (reading.Charge is not { } charge || (samples.Count > 0 && samples[^1].Charge == charge))
            return samples;
        var sample = new BatterySample(reading.At, charge, reading.Load);
        return samples.Count < MostSamples ? [.. samples, sample] : [samples[0], .. samples.Skip(2), sample];
    }

    /// <summary>
    /// This memory, begun anew after a restart, with what was remembered before it. "On battery since" and an order
    /// that still stand are older than this process; "on mains since" is not believed, because nobody looked meanwhile.
    /// </summary>
    public SupplyMemory Recalling(SupplyMemory past)
    {
        ArgumentNullException.ThrowIfNull(past);
        var goesOn = past.LastKnown == Mains.Battery && LastKnown != Mains.On;
        var ordered = Reading is null || ForcedSince is not null;
        // A silence that this process has heard nothing certain in is older than it, too.
        var silence = goesOn && LastKnown == Mains.Unknown ? Earlier(past.LostSince, past.DoubtSince) : null;
        var unheard = Reading is null || LostSince is not null;
        return this with
        {
            LastKnown = goesOn ? Mains.Battery : LastKnown,
            Since = goesOn ? past.Since ?? Since : Since,
            LostSince = unheard ? silence ?? LostSince : LostSince,
            DoubtSince = unheard ? DoubtSince : silence ?? DoubtSince,
            ForcedSince = ordered ? past.ForcedSince ?? ForcedSince : ForcedSince,
            OrderedAt = ordered ? past.OrderedAt ?? OrderedAt : OrderedAt,
            OffSince = Reading is null || OffSince is not null ? past.OffSince ?? OffSince : null,
            ChargeMovement = ChargeMovement with { Moved = ChargeMovement.Moved || past.ChargeMovement.Moved },
            RuntimeMovement = RuntimeMovement with { Moved = RuntimeMovement.Moved || past.RuntimeMovement.Moved },
        };
    }

    private static Instant? Earlier(Instant? a, Instant? b) => a < b || b is null ? a : b;

    /// <summary>What all this amounts to now.</summary>
    public Supply At(Instant now, PowerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var low = LowSince is { } first && Reading is { } last && last.At > first;
        var onBattery = LastKnown == Mains.Battery && LostSince is null ? Since : null;
        // A number at its threshold makes the battery low and holds nothing, however long it stands.
        var chargeStill =
            !(Reading is { } said && LowBattery.IsLow(said)) && LowBattery.StandsStill(ChargeMovement, onBattery, now);
        var runtimeStill =
            !(Reading?.Runtime <= Reading?.RuntimeLow) && LowBattery.StandsStill(RuntimeMovement, onBattery, now);
        var chargeNever = LowBattery.IsDoubted(ChargeMovement, Reading, settings.RestoreCharge);
        var runtimeNever = LowBattery.IsDoubted(RuntimeMovement, Reading);
        var chargeFlat =
            LastKnown == Mains.On
            && LostSince is null
            && Reading?.Charge < settings.RestoreCharge
            && now - Recharge?.At >= Recharge.GivenUpAfter;
        var (chargeDoubted, runtimeDoubted) = (chargeNever || chargeStill || chargeFlat, runtimeNever || runtimeStill);
        var reportedLow = Reading?.Flags?.Without(settings.IgnoreFlags).Contains("LB") == true;
        var contradicted =
            low
            && reportedLow
            && Reading is { } reading
            && !LowBattery.HasRunOut(reading, RuntimeMovement, onBattery)
            && LowBattery.IsContradicted(
                chargeDoubted ? null : reading.Charge,
                runtimeDoubted ? null : reading.Runtime,
                reading
            );
        return new Supply
        {
            Ups = Ups,
            Mains = LostSince is not null || DoubtSince is not null ? Mains.Unknown : LastKnown,
            LastKnown = LastKnown,
            Since = Since,
            Battery =
                LostSince is not null || Reading is null ? BatteryLevel.Unknown
                : low ? BatteryLevel.Low
                : LowSince is not null || reportedLow ? BatteryLevel.Unknown
                : BatteryLevel.Good,
            ForcedSince = ForcedSince,
            OrderedAt = OrderedAt,
            LostSince = LostSince,
            DoubtSince = DoubtSince,
            OffSince = OffSince,
            Calibrating = Calibrating,
            Reading = Reading,
            ChargeDoubted = chargeDoubted,
            RuntimeDoubted = runtimeDoubted,
            Budget = BudgetAt(
                now,
                settings,
                low,
                reportedLow && !contradicted,
                runtimeNever,
                chargeStill,
                runtimeStill
            ),
            Notes =
            [
                .. Notes,
                .. Remarks(
                    chargeNever ? NeverMoved
                        : chargeStill ? StoodStill
                        : chargeFlat ? DoesNotRise
                        : null,
                    runtimeNever ? NeverMoved
                        : runtimeStill ? StoodStill
                        : null,
                    contradicted
                ),
            ],
        };
    }

    private const string NeverMoved = "has not changed since it was first read";
    private static readonly string StoodStill =
        $"has not changed on battery for {LowBattery.StandsStillAfter.TotalMinutes:0} min";
    private static readonly string DoesNotRise =
        $"has not risen on mains for {Recharge.GivenUpAfter.TotalMinutes:0} min";

    private Budget? BudgetAt(
        Instant now,
        PowerSettings settings,
        bool low,
        bool reportedLow,
        bool runtimeNever,
        bool chargeStill,
        bool runtimeStill
    )
    {
        var onBattery = LastKnown == Mains.Battery && Since is { } since ? now - since : (Duration?)null;
        if (low && reportedLow)
            return new Budget(Duration.Zero, "low");
        if (OrderedAt is not null)
            return new Budget(Duration.Zero, "forced");
        if (onBattery is not null && LostSince is { } silent && now - silent >= settings.DeadTime)
            return new Budget(Duration.Zero, "silent");
        var reading =
            LostSince is not null ? null
            : runtimeNever || runtimeStill ? Reading! with { Runtime = null }
            : Reading;
        var age = reading is null ? Duration.Zero : Duration.Max(now - reading.At, Duration.Zero);
        return BatteryBudget.Estimate(
                Samples,
                reading,
                // What was promised before falls with the time, whether or not the promise on battery does.
                runtimeNever ? null : RuntimeBefore,
                onBattery,
                settings.RuntimeFactor,
                age,
                // The slope goes on from where the charge stopped.
                chargeStill && Samples.Count > 0
                    ? now - Samples[^1].At
                    : age
            ) ?? (low ? new Budget(Duration.Zero, "low") : null);
    }

    /// <param name="charge">Why it is not believed; null: it is.</param>
    /// <param name="runtime">Likewise.</param>
    /// <param name="contradicted">LB is contradicted by both.</param>
    private IEnumerable<string> Remarks(string? charge, string? runtime, bool contradicted)
    {
        if (ForcedSince is not null && OrderedAt is null)
            yield return "forced shutdown (FSD) is latched: nothing wakes by itself until it is cleared (restart upsd) "
                + "or a person asks for restore; if the device always says FSD, set Power__IgnoreFlags=FSD";
        if (contradicted)
            yield return "battery low (LB) is contradicted by charge and runtime; "
                + "if the device says so wrongly, set Power__IgnoreFlags=LB";
        if (
            Reading is { RuntimeAtZero: true } zero
            && !LowBattery.HasRunOut(zero, RuntimeMovement, LastKnown == Mains.Battery ? Since : null)
        )
            yield return "runtime \"0\" is not believed";
        if (charge is not null && Reading?.Charge is { } percent)
            yield return FormattableString.Invariant($"charge {percent:0.#} % {charge}: not believed");
        if (runtime is not null && Reading?.Runtime is { } time)
            yield return FormattableString.Invariant($"runtime {time.TotalSeconds:0} s {runtime}: not believed");
    }
}

using System.Text;
using System.Text.Json;
using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Engine.Clocks;
using Ebb.Nut.Dialing;
using NodaTime;

namespace Ebb.Engine.Power;

/// <summary>
/// The Power and the Outages in Ebb's namespace: what a leader leaves to its successor, to people and to the scaler.
/// Written beside the turns. Losing them makes waves wait again and history end. An Outage also lists
/// the baselines of its sleep, so that a leader that has never seen a deleted one can create it again.
/// </summary>
internal sealed class PowerRecords(
    IStatusObjects powers,
    IStatusObjects outages,
    EngineClocks clocks,
    KnownAddresses? addresses = null
)
{
    private const string PowerName = "cluster";
    private const int MostOutages = 50;

    /// <summary>The numbers of a battery, between changes of what is decided on.</summary>
    private static readonly Duration BetweenNumbers = Duration.FromMinutes(1);

    /// <summary>Of an outage, between waves.</summary>
    private static readonly Duration BetweenReports = Duration.FromSeconds(5);

    /// <summary>A long report is written less often: this many bytes a second on the whole.</summary>
    private const int BytesPerSecond = 8 << 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Json, OutageDocument? Document)> _parsed = new(StringComparer.Ordinal);
    private (
        IReadOnlyList<StatusObject> From,
        IReadOnlyList<OutageDocument> All,
        IReadOnlyList<OutageReport> Reports
    )? _documents;
    private Instant _powerAt;
    private readonly Queue<OutageDocument> _before = [];
    private OutageDocument? _latest;
    private OutageDocument? _outage;
    private Instant _outageAt;
    private int _outageBytes;

    /// <summary>Why the last write did not succeed; null: it did.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The outages, youngest first; null: they are not read yet.</summary>
    public IReadOnlyList<OutageReport>? Reports => Documents()?.Reports;

    /// <summary>The outage that goes on, as the leader has told it last; null: none does.</summary>
    public OutageReport? Present => Reports is [{ Ended: null } open, ..] ? open : null;

    /// <summary>
    /// What the leader before has left: since when each UPS is as it is, and the outage that goes on.
    /// </summary>
    public (IReadOnlyList<SupplyMemory> Supplies, OutageDocument? Outage) Recall()
    {
        var open = Documents()?.All is [{ Report.Ended: null } outage, ..] ? outage : null;
        return ([.. (Stored()?.Supplies ?? []).Select(s => s.ToMemory())], open);
    }

    /// <summary>
    /// Where the hosts of the UPSes answered earlier processes, leaders or not: it is needed to hear them at all.
    /// </summary>
    public void RecallHosts()
    {
        foreach (var stored in Stored()?.Hosts ?? [])
            addresses?.Recall(stored.Host, stored.Addresses);
    }

    /// <summary>The Power as it stands in the cluster; null: there is none that can be read.</summary>
    private PowerStatus? Stored() =>
        powers.Known?.FirstOrDefault(p => p.Name == PowerName)?.StatusJson is { } json
        && Parse(json, PowerJson.Default.PowerStatus) is { IsWhole: true } power
            ? power
            : null;

    /// <summary>The outage as this leader has told it last, stored or not; null: it has told of none.</summary>
    public OutageReport? Latest
    {
        get
        {
            lock (_lock)
                return _latest?.Report;
        }
    }

    /// <summary>
    /// Keeps what a decision tells of an outage until it is stored: the next decision tells nothing of one that is
    /// over.
    /// </summary>
    public void Take(PowerView view)
    {
        if (view.Outage is not { } report)
            return;
        lock (_lock)
        {
            if (_latest is { } last && last.Report.Id != report.Id && !ReferenceEquals(last, _outage))
            {
                _before.Enqueue(last);
                if (_before.Count > MostOutages)
                    _before.Dequeue();
            }
            var document = new OutageDocument(view.Plan.Progress, report);
            if (_latest?.SaysTheSameAs(document) != true)
                _latest = document with
                {
                    Baselines = report.Ended is null
                        ? LostBaselines.Recorded(view.Plan.Workloads.Select(w => w.Member))
                        : null,
                };
        }
    }

    /// <summary>Another replica tells from now on.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _before.Clear();
            (_latest, _outage) = (null, null);
        }
    }

    /// <summary>Writes what has changed and is due.</summary>
    public async Task WriteAsync(
        PowerView view,
        IReadOnlyList<SupplyMemory> supplies,
        CancellationToken cancellationToken
    )
    {
        var now = clocks.World.Now();
        IReadOnlyList<StoredHost> hosts =
        [
            .. (addresses?.Hosts ?? []).Select(h => new StoredHost(h.Host, h.Addresses)),
        ];
        await WritePowerAsync(PowerStatus.Of(view, supplies, hosts), now, cancellationToken);
        while (Next() is { } before)
        {
            if (!await SaveAsync(outages, before.Name, Fitting(before), cancellationToken))
                return;
            lock (_lock)
                _before.TryDequeue(out _);
        }
        if (_latest is { } latest)
            await WriteOutageAsync(latest, now, cancellationToken);

        OutageDocument? Next()
        {
            lock (_lock)
                return _before.TryPeek(out var next) ? next : null;
        }
    }

    /// <summary>
    /// The JSON of a document, at most 500 KiB: of a very large cluster without workloads of which there is nothing to
    /// tell.
    /// </summary>
    internal static string Fitting(OutageDocument outage)
    {
        const int most = 500 * 1024;
        var json = JsonSerializer.Serialize(outage, PowerJson.Default.OutageDocument);
        for (var left = outage.Report.Workloads.Count; Encoding.UTF8.GetByteCount(json) > most && left > 0; )
        {
            left = left * 4 / 5;
            json = JsonSerializer.Serialize(
                outage with
                {
                    Report = outage.Report.With(left),
                },
                PowerJson.Default.OutageDocument
            );
        }
        return json;
    }

    private async Task WritePowerAsync(PowerStatus status, Instant now, CancellationToken cancellationToken)
    {
        var numbersAreDue = status.Mains == "battery" && (now < _powerAt || now - _powerAt >= BetweenNumbers);
        if (status.Decisive == Stored()?.Decisive && !numbersAreDue)
            return;
        var json = JsonSerializer.Serialize(status, PowerJson.Default.PowerStatus);
        if (await SaveAsync(powers, PowerName, json, cancellationToken))
            _powerAt = now;
    }

    private async Task WriteOutageAsync(OutageDocument outage, Instant now, CancellationToken cancellationToken)
    {
        if (_outage is { } last)
        {
            if (ReferenceEquals(last, outage))
                return;
            var pause = Duration.Max(BetweenReports, Duration.FromSeconds(_outageBytes / BytesPerSecond));
            if (outage.Boundary == last.Boundary && now >= _outageAt && now - _outageAt < pause)
                return;
        }
        var json = Fitting(outage);
        if (!await SaveAsync(outages, outage.Name, json, cancellationToken))
            return;
        (_outage, _outageAt, _outageBytes) = (outage, now, Encoding.UTF8.GetByteCount(json));
        if (outage.Report.Ended is null)
            return;
        foreach (
            var old in (outages.Known ?? []).OrderByDescending(o => o.Name, StringComparer.Ordinal).Skip(MostOutages)
        )
            await outages.DeleteAsync(old.Name, cancellationToken);
    }

    private async Task<bool> SaveAsync(
        IStatusObjects objects,
        string name,
        string json,
        CancellationToken cancellationToken
    )
    {
        var result = await objects.SaveAsync(name, json, cancellationToken);
        Trouble = result.Outcome == WriteOutcome.Done ? null : $"{name} could not be stored: {result.Detail}";
        return Trouble is null;
    }

    private (IReadOnlyList<OutageDocument> All, IReadOnlyList<OutageReport> Reports)? Documents()
    {
        if (outages.Known is not { } known)
            return null;
        lock (_lock)
        {
            if (_documents is { } last && ReferenceEquals(last.From, known))
                return (last.All, last.Reports);
            foreach (var gone in _parsed.Keys.Except(known.Select(o => o.Name)).ToList())
                _parsed.Remove(gone);
            foreach (var item in known)
                if (!_parsed.TryGetValue(item.Name, out var parsed) || !ReferenceEquals(parsed.Json, item.StatusJson))
                    _parsed[item.Name] = (
                        item.StatusJson,
                        Parse(item.StatusJson, PowerJson.Default.OutageDocument) is { IsWhole: true } read ? read : null
                    );
            IReadOnlyList<OutageDocument> all =
            [
                .. _parsed
                    .Values.Select(p => p.Document)
                    .OfType<OutageDocument>()
                    .OrderByDescending(o => o.Report.Id, StringComparer.Ordinal),
            ];
            IReadOnlyList<OutageReport> reports = [.. all.Select(o => o.Report)];
            _documents = (known, all, reports);
            return (all, reports);
        }
    }

    /// <summary>
    /// Null: somebody wrote what is no document of Ebb's; it is replaced by the next one of its name.
    /// </summary>
    private static T? Parse<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, shape);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

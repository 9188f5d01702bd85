using Ebb.Calendars;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Engine.Schedules;

/// <summary>
/// What would be if a manifest were applied: its documents laid over what the cluster says already, read by the same
/// code. Nothing is written.
/// </summary>
internal sealed class Preview(IScheduleCluster cluster, IReadOnlyCollection<string> admins)
{
    /// <summary>A kind that nobody named before has to be read once before it can be told what is missing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<SchedulesAnswer> AnswerAsync(
        string text,
        bool yaml,
        ScheduleStretch stretch,
        CancellationToken cancellationToken
    )
    {
        var (documents, broken) = Documents.Read(text, yaml);
        List<ScheduleError> errors = [.. broken, .. documents.SelectMany(DefinedMembers.Unknown)];
        Dictionary<(string Kind, string Namespace, string Name), (int Number, ObjectView Seen)> given = [];
        foreach (var document in documents)
            if (PreviewDocument.Read(document, errors) is { } seen)
                given[(seen.Ref.Kind, seen.Ref.Namespace, seen.Ref.Name)] = (document.Number, seen);

        var live = cluster.Known;
        var world = live with
        {
            ServiceScalers = Over(live.ServiceScalers, "ServiceScaler", given, _ => true),
            Autoscalers = Over(live.Autoscalers, ScheduleTarget.Autoscaler, given, _ => true),
            Schedules = Over(live.Schedules, "Schedule", given, _ => true),
            TimeScalers = Over(live.TimeScalers, "ConfigMap", given, PreviewDocument.IsTimeScaler),
        };
        var book = new ScheduleIndex(
            (place, name) =>
                given.TryGetValue(("ConfigMap", place, name), out var map)
                    ? new ObjectLookup.Found(map.Seen)
                    : cluster.Find("ConfigMap", place, name),
            (map, key, name, use) => CalendarFile.Read(map.Data![key], name, use),
            cluster.Select,
            admins
        );
        await UpdateAsync(book, world, cancellationToken);
        var touched = book
            .Entries.Where(entry => Speakers(entry).Any(seen => Number(seen, given) is not null))
            .ToList();
        foreach (var (on, fault) in touched.SelectMany(ScheduleReadings.Faults))
            if (Number(on, given) is { } number)
                errors.Add(new ScheduleError(number, fault.Path, fault.Expected, fault.Found));
        foreach (var entry in touched.OfType<TargetEntry>())
            await CheckTargetAsync(entry, given, errors, cancellationToken);
        PreviewDocument.Name(documents, touched.Count == 0 && errors.Count == 0, errors);
        var savings = new ScheduleSavings(cluster, SleepingTargets.None);
        var items = touched
            .Where(entry => entry.Timetable is not null)
            .Select(entry => ScheduleReadings.Item(entry, cluster, stretch, savings, cancellationToken))
            .ToList();
        return new SchedulesAnswer(
            [.. items.Select(item => item.Item)],
            [.. errors.OrderBy(error => error.Document).ThenBy(error => error.Path, StringComparer.Ordinal)],
            stretch.Single ? null : ScheduleSaved.Of(SavingsTotal.Sum(items.Select(item => item.Saved))),
            ScheduleReadings.Selections(touched),
            PreviewConflicts.Of(book.Entries, cluster, seen => Number(seen, given), stretch, cancellationToken)
        );
    }

    /// <summary>A selection may name a kind that nobody has looked at yet.</summary>
    private async Task UpdateAsync(ScheduleIndex book, ScheduleObjects world, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        while (true)
        {
            var seen = cluster.Known;
            book.Update(world);
            if (
                deadline.IsCancellationRequested
                || !book.Entries.OfType<SelectionEntry>().Any(entry => entry.Selected.Unknown is not null)
            )
                return;
            await cluster
                .WaitForChangeAsync(seen, deadline.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static IReadOnlyList<ObjectView> Over(
        IReadOnlyList<ObjectView> live,
        string kind,
        Dictionary<(string Kind, string Namespace, string Name), (int Number, ObjectView Seen)> given,
        Func<ObjectView, bool> wanted
    ) =>
        [
            .. live.Where(seen => !given.ContainsKey((kind, seen.Ref.Namespace, seen.Ref.Name))),
            .. given.Values.Select(document => document.Seen).Where(seen => seen.Ref.Kind == kind && wanted(seen)),
        ];

    private static IEnumerable<ObjectView> Speakers(IndexEntry entry) =>
        entry switch
        {
            ScalerEntry scaler => [scaler.Scaler],
            TargetEntry target => target
                .Members.Select(member => member.Seen)
                .Concat(target.Parent is { } parent ? [parent] : []),
            SelectionEntry selection => [selection.Member.Seen],
            _ => throw new ArgumentOutOfRangeException(
                nameof(entry),
                entry.GetType().Name,
                "an entry that is not known"
            ),
        };

    private static int? Number(
        ObjectView seen,
        Dictionary<(string Kind, string Namespace, string Name), (int Number, ObjectView Seen)> given
    ) =>
        given.TryGetValue((seen.Ref.Kind, seen.Ref.Namespace, seen.Ref.Name), out var document)
        && ReferenceEquals(document.Seen, seen)
            ? document.Number
            : null;

    /// <summary>What a Schedule names must be in the manifest or in the cluster.</summary>
    private async Task CheckTargetAsync(
        TargetEntry entry,
        Dictionary<(string Kind, string Namespace, string Name), (int Number, ObjectView Seen)> given,
        List<ScheduleError> errors,
        CancellationToken cancellationToken
    )
    {
        if (
            entry.Target is not { } target
            || entry.Parent is not null
            || given.ContainsKey((target.Kind, entry.Namespace, target.Name))
        )
            return;
        var found = Find();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        while (found is ObjectLookup.Unknown && !deadline.IsCancellationRequested)
        {
            var seen = cluster.Known;
            found = Find();
            if (found is not ObjectLookup.Unknown)
                break;
            await cluster
                .WaitForChangeAsync(seen, deadline.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        ObjectLookup Find() =>
            target.Type is { } type
                ? ObjectLookup.Of(cluster.Find(type, entry.Namespace, target.Name))
                : cluster.Find(target.Kind, entry.Namespace, target.Name);

        if (found is not ObjectLookup.Absent)
            return;
        foreach (var member in entry.Members)
        {
            if (Number(member.Seen, given) is not { } number)
                continue;
            errors.Add(
                member.Schedule is not null
                    ? new ScheduleError(
                        number,
                        "spec.scaleTargetRef.name",
                        $"a {target.Kind} in namespace {entry.Namespace}",
                        $"\"{target.Name}\", which does not exist"
                    )
                    : new ScheduleError(
                        number,
                        "data.HPA_NAME",
                        $"a {target.Kind} in namespace {entry.Namespace}",
                        $"\"{target.Name}\", which does not exist"
                    )
            );
        }
    }
}

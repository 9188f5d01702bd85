namespace Ebb.Core.Workloads.Declared;

/// <summary>Which SleepMethods count: for each kind the oldest that is right.</summary>
public sealed class SleepMethodBook
{
    private readonly Dictionary<string, DeclaredMethod> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SleepMethodStatus> _statuses = new(StringComparer.Ordinal);

    /// <param name="all">All that are stored, in no order.</param>
    public SleepMethodBook(IReadOnlyList<SleepMethodView> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        foreach (
            var one in all.OrderBy(one => one.CreatedAt ?? NodaTime.Instant.MaxValue)
                .ThenBy(one => one.Name, StringComparer.Ordinal)
        )
            _statuses[one.Name] = Take(one);
        foreach (var kind in _methods.Keys)
            _faults.Remove(kind);
    }

    /// <summary>How a kind sleeps; null: no SleepMethod that counts names it.</summary>
    public DeclaredMethod? Of(string apiVersion, string kind) => _methods.GetValueOrDefault(Key(apiVersion, kind));

    /// <summary>Why the SleepMethod that names a kind does not count; null: none names it, or one counts.</summary>
    public string? Fault(string apiVersion, string kind) => _faults.GetValueOrDefault(Key(apiVersion, kind));

    /// <summary>Whether each counts, by name.</summary>
    public IReadOnlyDictionary<string, SleepMethodStatus> Statuses => _statuses;

    private SleepMethodStatus Take(SleepMethodView one)
    {
        if (one.Read.Value is not { } method)
        {
            var faults = string.Join("; ", one.Read.Faults);
            if (one.Kind is { } named)
                _faults.TryAdd(named, $"SleepMethod {one.Name}, which names its kind, is refused: {faults}");
            return new SleepMethodStatus(SleepMethodPhase.Refused, faults);
        }
        var kind = Key(method.ApiVersion, method.Kind);
        if (_methods.TryGetValue(kind, out var older))
            return new SleepMethodStatus(
                SleepMethodPhase.Superseded,
                $"{method.ApiVersion}/{method.Kind} sleeps as SleepMethod {older.Name} says, which is older"
            );
        _methods[kind] = method;
        return new SleepMethodStatus(
            SleepMethodPhase.InForce,
            $"{method.ApiVersion}/{method.Kind} sleeps "
                + (
                    method.IsScaled
                        ? "by its scale"
                        : $"by {string.Join(", ", method.Sleep.Select(field => field.Path))}"
                )
        );
    }

    /// <summary>Two spellings of one kind are one.</summary>
    public static string Key(string apiVersion, string kind) => $"{apiVersion}/{kind}".ToLowerInvariant();
}

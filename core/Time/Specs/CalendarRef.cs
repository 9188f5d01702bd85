namespace Ebb.Core.Time.Specs;

/// <summary><c>excludeCalendarRef</c>: a ConfigMap in the Schedule's namespace that holds an iCalendar file.</summary>
/// <param name="Name">The ConfigMap.</param>
/// <param name="Key">The key in it; null: its only one, or the only one that ends in .ics.</param>
/// <param name="Busy"><c>mode: busy</c>: events at a time of day count as they stand.</param>
/// <param name="Strict">What is not understood is a fault.</param>
public sealed record CalendarRef(string Name, string? Key, bool Busy = false, bool Strict = false)
{
    internal static CalendarRef? Read(SpecReader spec)
    {
        if (spec.Member("excludeCalendarRef") is null)
            return null;
        var reference = spec.Object("excludeCalendarRef", required: true);
        var (name, mode) = (reference.Text("name", "the name of a ConfigMap"), reference.Text("mode") ?? "allDay");
        if (mode is not ("allDay" or "busy"))
            reference.Fault("mode", "allDay or busy", SpecFault.Quoted(mode));
        var strict = reference.Flag("strict");
        return name is null ? null : new CalendarRef(name, reference.Text("key"), mode == "busy", strict);
    }

    /// <summary>
    /// The file's text and where it is; null when it cannot be told which key is meant, or there is none.
    /// </summary>
    public (string Key, string Text)? Find(IReadOnlyDictionary<string, string> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (Key is not null)
            return data.TryGetValue(Key, out var text) ? (Key, text) : null;
        var files =
            data.Count == 1
                ? [.. data]
                : data.Where(entry => entry.Key.EndsWith(".ics", StringComparison.OrdinalIgnoreCase)).ToList();
        return files.Count == 1 ? (files[0].Key, files[0].Value) : null;
    }
}

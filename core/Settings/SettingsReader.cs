using System.Globalization;
using NodaTime;

namespace Ebb.Core.Settings;

/// <summary>Reads settings and collects every fault instead of stopping at the first.</summary>
public sealed class SettingsReader
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingFault> _faults = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="values">All settings as .NET's configuration lists them, their keys with colons or, from the
    /// command line, with two underscores between the parts.</param>
    public SettingsReader(IEnumerable<KeyValuePair<string, string?>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (key, value) in values)
            if (value is not null)
                _values[key.Replace("__", ":", StringComparison.Ordinal)] = value;
    }

    /// <summary>Every name that was asked for.</summary>
    public IReadOnlyCollection<string> Known => _known;

    /// <summary>All that is wrong so far.</summary>
    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Adds a fault.</summary>
    public void Fault(string path, string expected, string found) =>
        _faults.Add(new SettingFault(path, expected, found));

    /// <summary>Adds a fault that is one sentence already.</summary>
    public void Fault(string path, string sentence) => _faults.Add(new SettingFault(path, sentence, ""));

    /// <summary>The trimmed text; null: not set, or blank.</summary>
    public string? Text(string path)
    {
        _known.Add(path);
        var value = _values.GetValueOrDefault(path.Replace("__", ":", StringComparison.Ordinal));
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    /// <summary>A secret: its value never stands in a fault.</summary>
    public string? Secret(string path, int shortest)
    {
        var value = Text(path);
        if (value is not null && value.Length < shortest)
            Fault(path, $"at least {shortest} characters", $"{value.Length}");
        return value;
    }

    /// <summary>One of the given words, whatever their case.</summary>
    public T Choice<T>(string path, T otherwise, params (string Word, T Value)[] choices)
    {
        if (Text(path) is not { } text)
            return otherwise;
        foreach (var (word, value) in choices)
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        Fault(path, string.Join(" or ", choices.Select(c => c.Word)), Quoted(text));
        return otherwise;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(string path, bool otherwise) => Choice(path, otherwise, ("true", true), ("false", false));

    /// <summary>A whole number, both bounds included.</summary>
    public int Whole(string path, int otherwise, int least, int most)
    {
        if (Text(path) is not { } text)
            return otherwise;
        if (
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;
        Fault(path, $"a whole number from {least} to {most}", Quoted(text));
        return otherwise;
    }

    /// <summary>A number, both bounds included; a percent sign after it is allowed.</summary>
    public double Number(string path, double otherwise, double least, double most)
    {
        if (Text(path) is not { } text)
            return otherwise;
        if (
            double.TryParse(
                text.TrimEnd('%', ' ', 'x'),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var value
            )
            && value >= least
            && value <= most
        )
            return value;
        Fault(path, FormattableString.Invariant($"a number from {least} to {most}"), Quoted(text));
        return otherwise;
    }

    /// <summary><c>5s</c>, <c>2 min</c>, <c>500ms</c>, <c>1h</c>, <c>PT5S</c> (ISO 8601) or <c>hh:mm:ss</c>.</summary>
    public Duration Duration(string path, Duration otherwise, Duration least, Duration most)
    {
        if (Text(path) is not { } text)
            return otherwise;
        if (DurationText.Parse(text) is { } value && value >= least && value <= most)
            return value;
        Fault(
            path,
            $"a duration from {DurationText.Of(least)} to {DurationText.Of(most)} such as 5s, 2min, 1h, PT5S or 00:00:05",
            Quoted(text)
        );
        return otherwise;
    }

    /// <summary><c>PATH__0</c>, <c>PATH__1</c> and so on, without a gap; at most <paramref name="most"/>.</summary>
    public IReadOnlyList<(string Path, string Value)> Items(string path, int most)
    {
        List<(string, string)> items = [];
        for (var i = 0; i < most; i++)
        {
            if (Text($"{path}__{i}") is not { } value)
                break;
            items.Add(($"{path}__{i}", value));
        }
        return items;
    }

    /// <summary>
    /// Settings of the sections that nobody asked for are misspelt ones, and so is what is anywhere else but for a
    /// letter or an underscore the name of one: nothing is ignored silently.
    /// </summary>
    public void RefuseUnknown(params string[] sections)
    {
        var known = _known
            .Where(k => k.Contains("__", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (var path in _values.Keys.Order(StringComparer.Ordinal))
        {
            var written = path.Replace(":", "__", StringComparison.Ordinal);
            if (_known.Contains(written))
                continue;
            var section = sections.FirstOrDefault(s =>
                written.Equals(s, StringComparison.OrdinalIgnoreCase) || IsIn(s, written)
            );
            // A name without an underscore is somebody else's, however near it is. The next of a list is meant rather
            // than one that is given.
            var near = written.Contains('_', StringComparison.Ordinal)
                ? Spelling.Nearest(written, known.Where(k => Text(k) is null)) ?? Spelling.Nearest(written, known)
                : null;
            if (near is not null)
                Fault(written, near, "a setting that does not exist");
            else if (section is not null)
                Fault(
                    written,
                    $"one of {string.Join(", ", known.Where(k => IsIn(section, k)))}",
                    "a setting that does not exist"
                );
        }
    }

    private static bool IsIn(string section, string path) =>
        path.StartsWith(section + "__", StringComparison.OrdinalIgnoreCase);

    /// <summary>What was found, in quotes and cut after 60 characters.</summary>
    public static string Quoted(string text) => $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\"";
}

using System.Globalization;
using System.Xml;
using NodaTime;

namespace Ebb.Functions.Settings;

/// <summary>A setting that is wrong: where, what was expected, what was found.</summary>
internal sealed record SettingFault(string Path, string Expected, string Found)
{
    public override string ToString() =>
        Found.Length == 0 ? $"{Path}: {Expected}" : $"{Path}: expected {Expected}, found {Found}";
}

/// <summary>Reads settings, each once, and keeps every fault instead of stopping at the first.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<SettingFault> _faults = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<SettingFault> Faults => _faults;

    public void Fault(string path, string expected, string found) =>
        _faults.Add(new SettingFault(path, expected, found));

    /// <summary>A fault that is one sentence already.</summary>
    public void Fault(string path, string sentence) => _faults.Add(new SettingFault(path, sentence, ""));

    public string? Text(string path)
    {
        _known.Add(path);
        var value = configuration[path.Replace("__", ":", StringComparison.Ordinal)];
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

    public bool Flag(string path, bool otherwise) => Choice(path, otherwise, ("true", true), ("false", false));

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
        if (ParseDuration(text) is { } value && value >= least && value <= most)
            return value;
        Fault(
            path,
            $"a duration from {Words(least)} to {Words(most)} such as 5s, 2min, 1h, PT5S or 00:00:05",
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

    /// <summary>Settings of the sections that nobody asked for are misspelt ones: nothing is ignored silently.</summary>
    public void RefuseUnknown(params string[] sections)
    {
        foreach (var section in sections)
        {
            foreach (var (path, value) in configuration.GetSection(section).AsEnumerable())
            {
                if (value is null)
                    continue;
                var written = path.Replace(":", "__", StringComparison.Ordinal);
                if (_known.Contains(written))
                    continue;
                var near = _known
                    .Where(k => k.StartsWith(section + "__", StringComparison.OrdinalIgnoreCase))
                    .Order(StringComparer.Ordinal);
                Fault(written, $"one of {string.Join(", ", near)}", "a setting that does not exist");
            }
        }
    }

    internal static Duration? ParseDuration(string text)
    {
        if (text.StartsWith('P'))
        {
            try
            {
                return NodaTime.Duration.FromTimeSpan(XmlConvert.ToTimeSpan(text));
            }
            catch (FormatException)
            {
                return null;
            }
            catch (OverflowException)
            {
                return null;
            }
        }
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(
                text,
                ["hh\\:mm\\:ss", "h\\:mm\\:ss", "d\\.hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFFF"],
                CultureInfo.InvariantCulture,
                out var span
            )
                ? NodaTime.Duration.FromTimeSpan(span)
                : null;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (
            digits == 0
            || !double.TryParse(
                text.AsSpan(0, digits),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
            || amount > 1e9
        )
            return null;
        return text[digits..].Trim().ToLowerInvariant() switch
        {
            "ms" => NodaTime.Duration.FromMilliseconds(amount),
            "s" or "sec" or "second" or "seconds" => NodaTime.Duration.FromSeconds(amount),
            "m" or "min" or "minute" or "minutes" => NodaTime.Duration.FromMinutes(amount),
            "h" or "hour" or "hours" => NodaTime.Duration.FromHours(amount),
            "d" or "day" or "days" => NodaTime.Duration.FromDays(amount),
            _ => null,
        };
    }

    private static string Words(Duration duration) =>
        duration < NodaTime.Duration.FromMinutes(2) ? FormattableString.Invariant($"{duration.TotalSeconds:0.###}s")
        : duration < NodaTime.Duration.FromHours(2) ? FormattableString.Invariant($"{duration.TotalMinutes:0.#}min")
        : FormattableString.Invariant($"{duration.TotalHours:0.#}h");

    internal static string Quoted(string text) => $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\"";
}

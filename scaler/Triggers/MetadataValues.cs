using System.Globalization;
using Ebb.Core.Settings;
using NodaTime;

namespace Ebb.Scaler.Triggers;

/// <summary>Reads key by key and collects every fault.</summary>
internal sealed class MetadataValues(IReadOnlyDictionary<string, string> written)
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    public void Fault(string key, string expected, string found) =>
        _faults.Add($"{key}: expected {expected}, found {found}");

    public bool Has(string key) => Text(key) is not null;

    public string? Text(string key) =>
        written.TryGetValue(key, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public string Quoted(string key) => Text(key) is { } text ? SettingsReader.Quoted(text) : "nothing";

    public IReadOnlyList<string>? List(string key) =>
        Text(key)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public int? Whole(string key, int least, int most, bool required = false)
    {
        if (
            Text(key) is { } text
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;
        if (Text(key) is not null || required)
            Fault(key, $"a whole number from {least} to {most}", Quoted(key));
        return null;
    }

    public bool Flag(string key, bool otherwise)
    {
        switch (Text(key)?.ToLowerInvariant())
        {
            case null:
                return otherwise;
            case "true":
                return true;
            case "false":
                return false;
        }

        Fault(key, "true or false", Quoted(key));
        return otherwise;
    }

    public Duration Duration(string key, Duration otherwise, Duration least)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (DurationText.Parse(text) is { } value && value >= least && value <= NodaTime.Duration.FromDays(1))
            return value;
        Fault(key, "a duration up to a day such as 30s, 5min or 1h", Quoted(key));
        return otherwise;
    }
}

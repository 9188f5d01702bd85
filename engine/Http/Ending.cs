using Ebb.Core.Overrides;
using Ebb.Core.Settings;
using Ebb.Nut;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Engine.Http;

/// <summary>When something that a person asks for ends: <c>for</c> (a duration) or <c>until</c> (an instant).</summary>
internal static class Ending
{
    /// <summary>Null and no fault: no end was given. An end is later than now and at most 30 days away.</summary>
    public static (Instant? Until, string? Fault) Read(string? lasts, string? until, Instant now)
    {
        if (lasts is null && until is null)
            return (null, null);
        if (lasts is not null && until is not null)
            return (null, "$.for: expected either for or until, found both");
        Instant end;
        if (lasts is not null)
        {
            if (DurationText.Parse(lasts) is not { } duration || duration <= Duration.Zero)
                return (
                    null,
                    $"$.for: expected a duration such as PT2H, 90min or 7d, found {SettingsReader.Quoted(lasts)}"
                );
            if (duration > Override.Longest)
                return (
                    null,
                    $"$.for: expected at most {Override.Longest.Days} days, found {SettingsReader.Quoted(lasts)}"
                );
            end = now + duration;
        }
        else
        {
            if (!OffsetDateTimePattern.Rfc3339.Parse(until!).TryGetValue(default, out var at))
                return (
                    null,
                    $"$.until: expected an instant such as 2026-01-31T18:00:00Z, found {SettingsReader.Quoted(until!)}"
                );
            end = at.ToInstant();
            if (end <= now)
                return (
                    null,
                    $"$.until: expected an instant after {InstantPattern.General.Format(now)}, found {SettingsReader.Quoted(until!)}"
                );
            if (end > now + Override.Longest)
                return (
                    null,
                    $"$.until: expected at most {Override.Longest.Days} days from now, found {SettingsReader.Quoted(until!)}"
                );
        }
        return (end, null);
    }
}

using System.Text.Json;
using NodaTime.Text;

namespace Ebb.Core.Tests.Schedules;

/// <summary>Short ways to write what tests write often.</summary>
internal static class Texts
{
    public static Instant Utc(string text) =>
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(text).Value.InUtc().ToInstant();

    public static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).Value;

    /// <summary>Single quotes stand for double ones.</summary>
    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text.Replace('\'', '"'));
        return document.RootElement.Clone();
    }
}

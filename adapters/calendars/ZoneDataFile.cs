using Ebb.Core.Settings;
using NodaTime.TimeZones;
using NodaTime.Utility;

namespace Ebb.Calendars;

/// <summary>
/// <c>Time__ZoneData</c>: a file of time zone data as https://nodatime.org/tzdb has it, newer than what this program
/// was built with.
/// </summary>
public static class ZoneDataFile
{
    private const string Setting = "Time__ZoneData";

    /// <summary>Null: none is named, or it is not what it should be, which is a fault.</summary>
    public static TzdbDateTimeZoneSource? Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.Text(Setting) is not { } path)
            return null;
        try
        {
            using var file = File.OpenRead(path);
            var source = TzdbDateTimeZoneSource.FromStream(file);
            source.Validate();
            return source;
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or InvalidNodaDataException)
        {
            reader.Fault(
                Setting,
                "a file of time zone data for NodaTime (.nzd)",
                $"{SettingsReader.Quoted(path)}, which is not: {failure.Message}"
            );
            return null;
        }
    }
}

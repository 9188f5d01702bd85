using Ebb.Core.Settings;
using Ebb.Core.Time.Windows;
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

    /// <summary>
    /// Prints a program's version with that of its time zone data, and of that which it was built with where it loads
    /// other; whether the setting is what it should be.
    /// </summary>
    /// <param name="program">Its name and version.</param>
    /// <param name="settings">All of them.</param>
    public static bool TellVersion(string program, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var reader = new SettingsReader(settings);
        var loaded = Read(reader)?.TzdbVersion ?? TimeZones.Shipped;
        var built = loaded == TimeZones.Shipped ? "" : $" (built with {TimeZones.Shipped})";
        Console.WriteLine($"{program}, time zones {loaded}{built}");
        foreach (var fault in reader.Faults)
            Console.Error.WriteLine(fault);
        return reader.Faults.Count == 0;
    }

    /// <summary>Null: none is named, or it is not what it should be, which is a fault.</summary>
    /// <param name="reader">Of all settings.</param>
    /// <param name="isNeeded">Whether the process reads any windows; else the file may be missing.</param>
    public static TzdbDateTimeZoneSource? Read(SettingsReader reader, bool isNeeded = true)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.Text(Setting) is not { } path || !isNeeded)
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

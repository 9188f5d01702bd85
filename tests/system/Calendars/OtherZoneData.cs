using System.Text;
using NodaTime;

namespace Ebb.Tests.Calendars;

/// <summary>
/// The library's own zone data in which one link leads elsewhere, with a version of its own. Its file is a version
/// of its form and a list of fields: a byte that tells which, a length, and the bytes.
/// </summary>
internal static class OtherZoneData
{
    public const string Version = "2099z";

    /// <summary>A link to Los Angeles, which leads to Phoenix here, where clocks do not change.</summary>
    public const string Zone = "US/Pacific";

    private const byte Pool = 0;
    private const byte VersionField = 2;
    private const byte Links = 3;

    public static void Write(string path)
    {
        using var shipped = typeof(DateTimeZone).Assembly.GetManifestResourceStream("NodaTime.TimeZones.Tzdb.nzd")!;
        using var reader = new BinaryReader(shipped);
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write(reader.ReadInt32());
        List<string> pool = [];
        while (shipped.Position < shipped.Length)
        {
            var field = reader.ReadByte();
            var data = reader.ReadBytes(reader.Read7BitEncodedInt());
            if (field == Pool)
                pool = Strings(data);
            if (field == VersionField)
                data = [(byte)Version.Length, .. Encoding.ASCII.GetBytes(Version)];
            if (field == Links)
                data = Relinked(data, pool.IndexOf(Zone), pool.IndexOf("America/Phoenix"));
            writer.Write(field);
            writer.Write7BitEncodedInt(data.Length);
            writer.Write(data);
        }
    }

    private static List<string> Strings(byte[] data)
    {
        using var reader = new BinaryReader(new MemoryStream(data));
        return [.. Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => reader.ReadString())];
    }

    /// <summary>Pairs of a link and the zone that it leads to, each a place in the pool.</summary>
    private static byte[] Relinked(byte[] data, int link, int zone)
    {
        using var reader = new BinaryReader(new MemoryStream(data));
        var made = new MemoryStream();
        using var writer = new BinaryWriter(made);
        var count = reader.Read7BitEncodedInt();
        writer.Write7BitEncodedInt(count);
        for (var i = 0; i < count; i++)
        {
            var (from, to) = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
            writer.Write7BitEncodedInt(from);
            writer.Write7BitEncodedInt(from == link ? zone : to);
        }

        return made.ToArray();
    }
}

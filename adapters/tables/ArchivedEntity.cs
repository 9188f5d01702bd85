using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using Ebb.Core.Ports;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Tables;

/// <summary>
/// An archived document as an entity: one partition for each kind, the youngest first in the order of the service, and
/// the UTF-8 of the document in binary properties of at most 64 KiB each, the service's bound for one property.
/// </summary>
internal static class ArchivedEntity
{
    public const int LongestDocument = 512 << 10;
    private const int LongestPart = 64 << 10;
    private const string At = "at";

    public static string Partition(ArchiveKind kind) =>
        kind switch
        {
            ArchiveKind.Journal => "journal",
            ArchiveKind.Outages => "outages",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unexpected value"),
        };

    /// <exception cref="ArgumentException">The document is too long.</exception>
    public static TableEntity Of(ArchiveEntry entry)
    {
        var document = Encoding.UTF8.GetBytes(entry.Json);
        if (document.Length > LongestDocument)
            throw new ArgumentException(
                $"expected at most {LongestDocument} bytes, found {document.Length}",
                nameof(entry)
            );
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"{long.MaxValue - entry.At.ToUnixTimeTicks():D19}-{entry.Id}"
        );
        var entity = new TableEntity(Partition(entry.Kind), row) { [At] = InstantPattern.ExtendedIso.Format(entry.At) };
        for (var (part, from) = (0, 0); part == 0 || from < document.Length; part++, from += LongestPart)
            entity[Name(part)] = document[from..Math.Min(from + LongestPart, document.Length)];
        return entity;
    }

    /// <summary>Null: somebody else has put it there.</summary>
    public static ArchiveEntry? Read(ArchiveKind kind, TableEntity entity)
    {
        if (
            entity.RowKey is not { Length: > 20 } row
            || !entity.TryGetValue(At, out var at)
            || InstantPattern.ExtendedIso.Parse(at as string ?? "") is not { Success: true, Value: var instant }
            || !entity.ContainsKey(Name(0))
        )
            return null;
        using var document = new MemoryStream();
        for (var part = 0; entity.TryGetValue(Name(part), out var value); part++)
            document.Write(value as byte[] ?? []);
        return new ArchiveEntry(kind, instant, row[20..], Encoding.UTF8.GetString(document.ToArray()));
    }

    private static string Name(int part) => $"value{part}";
}

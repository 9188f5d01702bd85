using System.Text;
using Azure.Data.Tables;
using Ebb.Core.Ports;

namespace Ebb.Tables;

/// <summary>
/// A value as an entity: its UTF-8 in binary properties of at most 64 KiB each, the service's bound for one property.
/// Binary, because text is counted in UTF-16 and 512 KiB of it would fill the 1 MiB that an entity may have.
/// </summary>
internal static class StoredValue
{
    public const string Partition = "state";
    public const int LongestValue = 512 << 10;
    private const int LongestPart = 64 << 10;
    private const string WriteIdName = "write";

    /// <summary>The write id tells after a lost answer whether that write is the one that is stored.</summary>
    public static TableEntity ToEntity(string key, byte[] value, string writeId)
    {
        var entity = new TableEntity(Partition, key) { [WriteIdName] = writeId };
        for (var (part, from) = (0, 0); part == 0 || from < value.Length; part++, from += LongestPart)
            entity[Name(part)] = value[from..Math.Min(from + LongestPart, value.Length)];
        return entity;
    }

    /// <exception cref="StateStoreException">The entity was not written by <see cref="ToEntity"/>.</exception>
    public static StateEntry ToEntry(TableEntity entity)
    {
        if (entity.RowKey is null || entity.ETag == default || !entity.ContainsKey(Name(0)))
            throw new StateStoreException("the table holds an entity that Ebb did not write");
        using var value = new MemoryStream();
        for (var part = 0; entity.ContainsKey(Name(part)); part++)
            value.Write(entity.GetBinary(Name(part)));
        return new StateEntry(entity.RowKey, Encoding.UTF8.GetString(value.ToArray()), entity.ETag.ToString());
    }

    public static string? WriteId(TableEntity entity) => entity.GetString(WriteIdName);

    private static string Name(int part) => $"value{part}";
}

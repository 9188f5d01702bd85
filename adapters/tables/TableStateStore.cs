using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Ebb.Core.Ports;
using Ebb.Tables.Requests;

namespace Ebb.Tables;

/// <summary>
/// Remembers in a table of Azure Storage (or Azurite): one entity for each key, all in one partition, the service's ETag as ETag.
/// The table is made at the first write. Safe from several threads and processes.
/// </summary>
public sealed partial class TableStateStore : IStateStore
{
    private const int MostPages = 10_000;
    private readonly TableRequests _requests;
    private readonly string _table;
    private readonly int _pageSize;

    /// <param name="address">Where the tables are.</param>
    /// <param name="table">3 to 63 letters and digits, beginning with a letter.</param>
    /// <param name="time">The clock that requests are signed with.</param>
    public TableStateStore(TableAddress address, string table, TimeProvider time)
        : this(address, table, time, null, 1000) { }

    internal TableStateStore(
        TableAddress address,
        string table,
        TimeProvider time,
        HttpPipelineTransport? transport,
        int pageSize
    )
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(time);
        if (!IsTable(table))
            throw new ArgumentException("expected 3 to 63 letters and digits, beginning with a letter", nameof(table));
        _requests = new TableRequests(address, time, transport);
        (_table, _pageSize) = (table, pageSize);
    }

    /// <summary>Whether it is a name that a table may have.</summary>
    public static bool IsTable(string table) => TableName().IsMatch(table ?? "");

    /// <inheritdoc/>
    public async Task<StateEntry?> GetAsync(string key, CancellationToken cancellationToken) =>
        (await FindAsync(key, cancellationToken).ConfigureAwait(false))?.Entry;

    /// <inheritdoc/>
    public async Task<string> PutAsync(string key, string json, string? etag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(json);
        var entity = Entity(key);
        var value = Encoding.UTF8.GetBytes(json);
        if (value.Length > TableEntity.LongestValue)
            throw new ArgumentException(
                $"expected at most {TableEntity.LongestValue} bytes for \"{key}\", found {value.Length}",
                nameof(json)
            );
        // After a lost answer this tells whether that write is the one that is stored.
        var id = Guid.NewGuid().ToString("N");
        var body = TableEntity.Write(key, value, id);
        var answer = await WriteAsync().ConfigureAwait(false);
        if (answer is { Status: 404, Code: "TableNotFound" } && etag is null)
        {
            await MakeTableAsync(cancellationToken).ConfigureAwait(false);
            answer = await WriteAsync().ConfigureAwait(false);
        }

        if (answer is { Done: true, ETag: { } written })
            return written;
        if (answer.Status is not (404 or 409 or 412))
            throw Refused($"\"{key}\"", answer);
        if (
            answer.Status != 404
            && await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } present
            && present.WriteId == id
        )
            return present.Entry.ETag;
        throw new StateConflictException(
            $"\"{key}\" was {(answer.Status == 404 ? "deleted" : "written")} by somebody else"
        );

        Task<TableAnswer> WriteAsync() =>
            etag is null
                ? _requests.SendAsync(RequestMethod.Post, _table, "", body, null, cancellationToken)
                : _requests.SendAsync(RequestMethod.Put, entity, "", body, etag, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, string? etag, CancellationToken cancellationToken)
    {
        var answer = await _requests
            .SendAsync(RequestMethod.Delete, Entity(key), "", null, etag ?? "*", cancellationToken)
            .ConfigureAwait(false);
        if (answer.Status == 412)
            throw new StateConflictException($"\"{key}\" was written by somebody else");
        if (!answer.Done && answer.Status != 404)
            throw Refused($"\"{key}\"", answer);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StateEntry>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        // '{' is the character after 'z', the last one that a key may have.
        var range = prefix.Length == 0 ? "" : $" and RowKey ge '{Quoted(prefix)}' and RowKey lt '{Quoted(prefix)}{{'";
        var query =
            $"?$filter={Uri.EscapeDataString($"PartitionKey eq '{TableEntity.Partition}'{range}")}&$top={_pageSize}";
        List<StateEntry> entries = [];
        var next = "";
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await _requests
                .SendAsync(RequestMethod.Get, $"{_table}()", query + next, null, null, cancellationToken)
                .ConfigureAwait(false);
            if (answer is { Status: 404, Code: "TableNotFound" })
                return [];
            if (!answer.Done)
                throw Refused($"\"{prefix}*\"", answer);
            entries.AddRange(Items(answer));
            if (answer.Next is not var (partition, row))
                return
                [
                    .. entries
                        .Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))
                        .OrderBy(e => e.Key, StringComparer.Ordinal),
                ];
            next =
                $"&NextPartitionKey={Uri.EscapeDataString(partition)}{(row is null ? "" : $"&NextRowKey={Uri.EscapeDataString(row)}")}";
        }
        throw new StateStoreException($"the table {_table} gave {MostPages} pages and no end");
    }

    private async Task<(StateEntry Entry, string? WriteId)?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var answer = await _requests
            .SendAsync(RequestMethod.Get, Entity(key), "", null, null, cancellationToken)
            .ConfigureAwait(false);
        if (answer.Status == 404)
            return null;
        if (!answer.Done)
            throw Refused($"\"{key}\"", answer);
        using var body = Parse(answer);
        return TableEntity.Read(body.RootElement, answer.ETag);
    }

    private async Task MakeTableAsync(CancellationToken cancellationToken)
    {
        var answer = await _requests
            .SendAsync(
                RequestMethod.Post,
                "Tables",
                "",
                new BinaryData($$"""{"TableName":"{{_table}}"}"""),
                null,
                cancellationToken
            )
            .ConfigureAwait(false);
        // Another replica may have made it in between.
        if (!answer.Done && answer.Status != 409)
            throw Refused("(making it)", answer);
    }

    private static List<StateEntry> Items(TableAnswer answer)
    {
        using var body = Parse(answer);
        return body.RootElement.TryGetProperty("value", out var items) && items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray().Select(item => TableEntity.Read(item, null).Entry)]
            : throw new StateStoreException("the table service answered something that is no list");
    }

    private static JsonDocument Parse(TableAnswer answer)
    {
        try
        {
            return JsonDocument.Parse(answer.Body);
        }
        catch (JsonException fault)
        {
            throw new StateStoreException("the table service answered something that is not JSON", fault);
        }
    }

    private StateStoreException Refused(string key, TableAnswer answer) =>
        new(
            $"the state {key} in the table {_table}: the service answered {answer.Status}{(answer.Code is null ? "" : $" {answer.Code}")}"
        );

    private string Entity(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length <= 200 && Key().IsMatch(key)
            ? $"{_table}(PartitionKey='{TableEntity.Partition}',RowKey='{key}')"
            : throw new ArgumentException(
                $"expected 1 to 200 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit, found \"{key}\"",
                nameof(key)
            );
    }

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]*[a-z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{2,62}\z")]
    private static partial Regex TableName();
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Ebb.Core.Ports;

namespace Ebb.Tables;

/// <summary>
/// Keeps state in a table of Azure Storage (or Azurite): one entity for each key, all in one partition, the service's
/// ETag as ETag. The table is created at the first write. Safe from several threads and processes.
/// </summary>
public sealed partial class TableStateStore : IStateStore
{
    private const int MostPages = 10_000;
    private readonly TableClient _table;
    private readonly Uri _endpoint;
    private readonly int _pageSize;

    /// <param name="address">Where the tables are.</param>
    /// <param name="table">3 to 63 letters and digits, beginning with a letter.</param>
    public TableStateStore(TableAddress address, string table)
        : this(address, table, null, 1000) { }

    internal TableStateStore(TableAddress address, string table, HttpPipelineTransport? transport, int pageSize)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!IsTable(table))
            throw new ArgumentException("expected 3 to 63 letters and digits, beginning with a letter", nameof(table));
        var options = new TableClientOptions
        {
            // Small, because callers have deadlines of seconds and go on without the store when they have passed.
            Retry =
            {
                MaxRetries = 1,
                Mode = RetryMode.Fixed,
                Delay = TimeSpan.FromMilliseconds(100),
                NetworkTimeout = TimeSpan.FromSeconds(5),
            },
            Diagnostics = { IsTelemetryEnabled = false },
        };
        if (transport is not null)
            options.Transport = transport;
        _table = address.Open(options).GetTableClient(table);
        (_endpoint, _pageSize) = (address.Endpoint, pageSize);
    }

    /// <summary>Whether it is a name that a table may have.</summary>
    public static bool IsTable(string table) => TableName().IsMatch(table ?? "");

    /// <inheritdoc/>
    public Task<StateEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        CheckKey(key);
        return AskAsync(
            $"\"{key}\"",
            async () =>
                await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } entity
                    ? StoredValue.ToEntry(entity)
                    : null,
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<string> PutAsync(string key, string json, string? etag, CancellationToken cancellationToken)
    {
        CheckKey(key);
        ArgumentNullException.ThrowIfNull(json);
        var value = Encoding.UTF8.GetBytes(json);
        if (value.Length > StoredValue.LongestValue)
            throw new ArgumentException(
                $"expected at most {StoredValue.LongestValue} bytes for \"{key}\", found {value.Length}",
                nameof(json)
            );
        var entity = StoredValue.ToEntity(key, value, Guid.NewGuid().ToString("N"));
        return AskAsync($"\"{key}\"", () => WriteAsync(entity, etag, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, string? etag, CancellationToken cancellationToken)
    {
        CheckKey(key);
        return AskAsync(
            $"\"{key}\"",
            async () =>
            {
                try
                {
                    var match = etag is null ? ETag.All : new ETag(etag);
                    return await _table
                        .DeleteEntityAsync(StoredValue.Partition, key, match, cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (RequestFailedException stale) when (stale.Status == 412)
                {
                    throw new StateConflictException($"\"{key}\" was written by somebody else");
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StateEntry>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return AskAsync($"\"{prefix}*\"", () => ReadPagesAsync(prefix, cancellationToken), cancellationToken);
    }

    private async Task<string> WriteAsync(TableEntity entity, string? etag, CancellationToken cancellationToken)
    {
        var key = entity.RowKey;
        try
        {
            try
            {
                return await SendAsync().ConfigureAwait(false);
            }
            catch (RequestFailedException missing) when (etag is null && IsTableMissing(missing))
            {
                await CreateTableAsync(cancellationToken).ConfigureAwait(false);
                return await SendAsync().ConfigureAwait(false);
            }
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            throw new StateConflictException($"\"{key}\" was deleted by somebody else");
        }
        catch (RequestFailedException conflict) when (conflict.Status is 409 or 412)
        {
            // After a lost answer the request was sent again, and the first one may be what it conflicts with.
            return
                await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } present
                && StoredValue.WriteId(present) == StoredValue.WriteId(entity)
                ? present.ETag.ToString()
                : throw new StateConflictException($"\"{key}\" was written by somebody else");
        }

        async Task<string> SendAsync()
        {
            using var response = etag is null
                ? await _table.AddEntityAsync(entity, cancellationToken).ConfigureAwait(false)
                : await _table
                    .UpdateEntityAsync(entity, new ETag(etag), TableUpdateMode.Replace, cancellationToken)
                    .ConfigureAwait(false);
            return response.Headers.ETag?.ToString()
                ?? throw new StateStoreException($"\"{key}\": the service answered a write without an ETag");
        }
    }

    /// <summary>Not by CreateIfNotExists, which serialises by reflection and fails in a native AOT build.</summary>
    private async Task CreateTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _table.CreateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException created) when (created.Status == 409)
        {
            // Another replica created it in between.
        }
    }

    private async Task<IReadOnlyList<StateEntry>> ReadPagesAsync(string prefix, CancellationToken cancellationToken)
    {
        // '{' is the character after 'z', the last one that a key may have.
        var filter =
            prefix.Length == 0
                ? TableClient.CreateQueryFilter($"PartitionKey eq {StoredValue.Partition}")
                : TableClient.CreateQueryFilter(
                    $"PartitionKey eq {StoredValue.Partition} and RowKey ge {prefix} and RowKey lt {prefix + "{"}"
                );
        List<StateEntry> entries = [];
        var pages = 0;
        try
        {
            var query = _table.QueryAsync<TableEntity>(filter, _pageSize, cancellationToken: cancellationToken);
            await foreach (var page in query.AsPages().ConfigureAwait(false))
            {
                entries.AddRange(page.Values.Select(StoredValue.ToEntry));
                if (++pages == MostPages)
                    throw new StateStoreException($"the table {_table.Name} gave {MostPages} pages and no end");
            }
        }
        catch (RequestFailedException missing) when (IsTableMissing(missing))
        {
            return [];
        }
        return
        [
            .. entries
                .Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(e => e.Key, StringComparer.Ordinal),
        ];
    }

    // The library creates the entity by reflection, and says so in none of its annotations.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor, typeof(TableEntity))]
    private async Task<TableEntity?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var found = await _table
            .GetEntityIfExistsAsync<TableEntity>(StoredValue.Partition, key, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return found.HasValue ? found.Value : null;
    }

    private Task<T> AskAsync<T>(string key, Func<Task<T>> request, CancellationToken cancellationToken) =>
        TableErrors.TranslateAsync(
            _endpoint,
            $"the state {key} in the table {_table.Name}",
            request,
            cancellationToken
        );

    private static bool IsTableMissing(RequestFailedException refused) => refused.ErrorCode == "TableNotFound";

    private static void CheckKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > 200 || !Key().IsMatch(key))
            throw new ArgumentException(
                "expected 1 to 200 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit, "
                    + $"found \"{key}\"",
                nameof(key)
            );
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]*[a-z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{2,62}\z")]
    private static partial Regex TableName();
}

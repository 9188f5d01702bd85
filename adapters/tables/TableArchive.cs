using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Ebb.Core.Ports;

namespace Ebb.Tables;

/// <summary>
/// The archive in a table of Azure Storage (or Azurite). The table is created at the first write. Safe from several
/// threads and processes.
/// </summary>
public sealed partial class TableArchive : IArchive
{
    // Bounds of the service for one transaction: 100 entities, 4 MiB.
    private const int MostAtOnce = 100;
    private const int MostBytesAtOnce = 3 << 20;

    private readonly TableClient _table;
    private readonly Uri _endpoint;

    /// <param name="address">Where the tables are.</param>
    /// <param name="table">3 to 63 letters and digits, beginning with a letter.</param>
    public TableArchive(TableAddress address, string table)
        : this(address, table, null) { }

    internal TableArchive(TableAddress address, string table, HttpPipelineTransport? transport)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!IsTable(table))
            throw new ArgumentException("expected 3 to 63 letters and digits, beginning with a letter", nameof(table));
        var options = new TableClientOptions
        {
            // Small, because whoever appends goes on and tries again later.
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
        _endpoint = address.Endpoint;
    }

    /// <summary>Whether it is a name that a table may have.</summary>
    public static bool IsTable(string table) => TableName().IsMatch(table ?? "");

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<ArchiveEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return AskAsync(
            async () =>
            {
                foreach (var kind in entries.GroupBy(e => e.Kind))
                foreach (var batch in Batches(kind))
                    await WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    // The library creates the entity by reflection, and says so in none of its annotations.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor, typeof(TableEntity))]
    public Task<ArchivePage> PageAsync(
        ArchiveKind kind,
        string? after,
        int most,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            async () =>
            {
                var partition = ArchivedEntity.Partition(kind);
                var filter = after is null
                    ? TableClient.CreateQueryFilter($"PartitionKey eq {partition}")
                    : TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after}");
                List<ArchiveEntry> entries = [];
                string? last = null;
                try
                {
                    // The service may end a page early, with a token and without entities.
                    await foreach (
                        var entity in _table
                            .QueryAsync<TableEntity>(filter, most, cancellationToken: cancellationToken)
                            .ConfigureAwait(false)
                    )
                    {
                        if (entity.PartitionKey != partition)
                            throw new ArchiveException(
                                $"the archive in the table {_table.Name}: the answer is not what was asked for"
                            );
                        last = entity.RowKey;
                        if (ArchivedEntity.Read(kind, entity) is { } entry)
                            entries.Add(entry);
                        if (entries.Count == most)
                            break;
                    }
                }
                catch (RequestFailedException missing) when (IsTableMissing(missing))
                {
                    return new ArchivePage([], null);
                }
                return new ArchivePage(entries, entries.Count == most ? last : null);
            },
            cancellationToken
        );

    private static IEnumerable<List<TableEntity>> Batches(IEnumerable<ArchiveEntry> entries)
    {
        List<TableEntity> batch = [];
        var bytes = 0;
        foreach (var entry in entries.DistinctBy(e => (e.At, e.Id)))
        {
            var size = entry.Json.Length * 3;
            if (batch.Count == MostAtOnce || (batch.Count > 0 && bytes + size > MostBytesAtOnce))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
            batch.Add(ArchivedEntity.Of(entry));
            bytes += size;
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private async Task WriteAsync(List<TableEntity> batch, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync().ConfigureAwait(false);
        }
        catch (RequestFailedException missing) when (IsTableMissing(missing))
        {
            await CreateTableAsync(cancellationToken).ConfigureAwait(false);
            await SendAsync().ConfigureAwait(false);
        }

        Task SendAsync() =>
            batch is [var only]
                ? _table.UpsertEntityAsync(only, TableUpdateMode.Replace, cancellationToken)
                : _table.SubmitTransactionAsync(
                    batch.Select(entity => new TableTransactionAction(
                        TableTransactionActionType.UpsertReplace,
                        entity
                    )),
                    cancellationToken
                );
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

    private Task<T> AskAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken) =>
        TableErrors.TranslateAsync(_endpoint, $"the archive in the table {_table.Name}", request, cancellationToken);

    private static bool IsTableMissing(RequestFailedException refused) => refused.ErrorCode == "TableNotFound";

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{2,62}\z")]
    private static partial Regex TableName();
}

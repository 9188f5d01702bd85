using Azure.Core;
using Azure.Core.Pipeline;
using Ebb.Core.Ports;
using Ebb.Tables;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Tables;

/// <summary>The archive in a real table service.</summary>
public sealed class TableArchiveSpecs(TableArchiveSpecs.Rig rig) : IClassFixture<TableArchiveSpecs.Rig>
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static int _tables;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TableArchive Open(string? table = null, HttpPipelineTransport? transport = null) =>
        new(
            TableAddress.FromConnection(rig.Azurite.Connection).Address!,
            table ?? $"archive{Interlocked.Increment(ref _tables)}",
            transport
        );

    private static ArchiveEntry Entry(int number, ArchiveKind kind = ArchiveKind.Journal, string? json = null) =>
        new(kind, Noon + Duration.FromMilliseconds(number), $"e{number}", json ?? $"{number}");

    [Fact]
    public async Task What_was_appended_is_read_page_by_page_the_youngest_first_and_kinds_apart()
    {
        var archive = Open();
        await archive.AppendAsync(
            [.. Enumerable.Range(0, 250).Select(i => Entry(i)), Entry(7, ArchiveKind.Outages, "outage")],
            Token
        );
        List<string> read = [];
        string? after = null;
        var pages = 0;
        do
        {
            var page = await archive.PageAsync(ArchiveKind.Journal, after, 100, Token);
            read.AddRange(page.Entries.Select(e => e.Json));
            (after, pages) = (page.Next, pages + 1);
        } while (after is not null && pages < 10);
        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(i => $"{i}"), read);
        Assert.Equal(3, pages);
        Assert.Equal(
            [Entry(7, ArchiveKind.Outages, "outage")],
            (await archive.PageAsync(ArchiveKind.Outages, null, 10, Token)).Entries
        );
    }

    [Fact]
    public async Task A_table_that_is_not_there_yet_is_an_empty_archive() =>
        Assert.Empty((await Open().PageAsync(ArchiveKind.Journal, null, 10, Token)).Entries);

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(524_286)]
    public async Task A_document_comes_back_whole_up_to_its_bound(int length)
    {
        var archive = Open();
        var document = string.Concat(Enumerable.Repeat("\u00fc", length / 2)) + (length % 2 == 0 ? "" : "x");
        await archive.AppendAsync([Entry(1, ArchiveKind.Outages, document)], Token);
        Assert.Equal(
            document,
            Assert.Single((await archive.PageAsync(ArchiveKind.Outages, null, 1, Token)).Entries).Json
        );
    }

    [Fact]
    public async Task Eight_large_documents_at_once_are_more_than_one_transaction_holds_and_are_all_stored()
    {
        var archive = Open();
        var large = new string('x', 500_000);
        await archive.AppendAsync([.. Enumerable.Range(0, 8).Select(i => Entry(i, ArchiveKind.Outages, large))], Token);
        Assert.Equal(8, (await archive.PageAsync(ArchiveKind.Outages, null, 100, Token)).Entries.Count);
    }

    [Fact]
    public async Task Appending_again_after_a_lost_answer_makes_no_second_entry()
    {
        var cutting = new CuttingTransport();
        var archive = Open(transport: cutting);
        await archive.AppendAsync([Entry(1)], Token);
        cutting.CutNext = RequestMethod.Put;
        await archive.AppendAsync([Entry(2)], Token);
        cutting.CutNext = RequestMethod.Post;
        await archive.AppendAsync([Entry(3), Entry(4)], Token);
        Assert.Equal(
            ["4", "3", "2", "1"],
            (await archive.PageAsync(ArchiveKind.Journal, null, 10, Token)).Entries.Select(e => e.Json)
        );
    }

    [Fact]
    public async Task A_wrong_key_is_said_and_does_not_stand_in_the_message()
    {
        const string Wrong = "bm90IHRoZSByaWdodCBrZXk=";
        var address = TableAddress
            .FromConnection($"AccountName=devstoreaccount1;AccountKey={Wrong};TableEndpoint={rig.Azurite.Endpoint}")
            .Address!;
        var fault = await Assert.ThrowsAsync<ArchiveException>(() =>
            new TableArchive(address, "ebb").PageAsync(ArchiveKind.Journal, null, 1, Token)
        );
        Assert.Equal("the archive in the table ebb: the service answered 403 AuthorizationFailure", fault.Message);
        Assert.DoesNotContain(Wrong, $"{fault}{address}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_access_signature_lets_in_as_far_as_it_reaches()
    {
        await Open("sastable").AppendAsync([Entry(1)], Token);
        var all = new TableArchive(
            TableAddress.FromEndpoint($"{rig.Azurite.Endpoint}?{Sas.ForAccount("rwdlacu")}").Address!,
            "sastable"
        );
        await all.AppendAsync([Entry(2)], Token);
        var looking = new TableArchive(
            TableAddress
                .FromConnection($"TableEndpoint={rig.Azurite.Endpoint}/;SharedAccessSignature={Sas.ForAccount("rl")}")
                .Address!,
            "sastable"
        );
        Assert.Equal(2, (await looking.PageAsync(ArchiveKind.Journal, null, 10, Token)).Entries.Count);
        await Assert.ThrowsAsync<ArchiveException>(() => looking.AppendAsync([Entry(3)], Token));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_said()
    {
        var address = TableAddress
            .FromConnection($"AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:{FreePort.Take()}/a")
            .Address!;
        var fault = await Assert.ThrowsAsync<ArchiveException>(() =>
            new TableArchive(address, "ebb").AppendAsync([Entry(1)], Token)
        );
        Assert.Contains("cannot be reached", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_never_answers_costs_no_more_than_its_deadline()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var address = TableAddress
            .FromConnection($"AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://{silent.LocalEndpoint}/a")
            .Address!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new TableArchive(address, "ebb").AppendAsync([Entry(1)], deadline.Token)
        );
    }

    [Theory]
    [InlineData("<html>Sign in</html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"value":5}""")]
    [InlineData("""{"value":[{"RowKey":"k"}]}""")]
    public async Task An_answer_of_something_that_is_no_table_service_is_said_and_not_taken_for_an_empty_archive(
        string body
    ) =>
        await Assert.ThrowsAsync<ArchiveException>(() =>
            Open(transport: new FixedAnswer(body)).PageAsync(ArchiveKind.Journal, null, 10, Token)
        );

    /// <summary>One Azurite for the class.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        private Azurite? _azurite;

        internal Azurite Azurite
        {
            get
            {
                Azurite.Need();
                return _azurite!;
            }
        }

        /// <summary>A fixture cannot be skipped, only its tests can.</summary>
        public async ValueTask InitializeAsync() => _azurite = Azurite.IsThere ? await Azurite.StartAsync() : null;

        public async ValueTask DisposeAsync()
        {
            if (_azurite is not null)
                await _azurite.DisposeAsync();
        }
    }

    /// <summary>A portal that answers every request with 200 and the same page.</summary>
    private sealed class FixedAnswer(string body) : HttpClientTransport(new HttpClient(new Portal(body)))
    {
        private sealed class Portal(string body) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request,
                CancellationToken cancellationToken
            ) => Task.FromResult(new HttpResponseMessage { Content = new StringContent(body) });
        }
    }

    /// <summary>Sends a request and loses its answer, once.</summary>
    private sealed class CuttingTransport : HttpClientTransport
    {
        public RequestMethod? CutNext { get; set; }

        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            await base.ProcessAsync(message);
            if (message.Request.Method != CutNext)
                return;
            CutNext = null;
            throw new Azure.RequestFailedException("the answer was cut off");
        }
    }
}

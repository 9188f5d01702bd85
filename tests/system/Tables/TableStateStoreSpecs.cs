using Azure.Core;
using Azure.Core.Pipeline;
using Ebb.Core.Ports;
using Ebb.Tables;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Tables;

public sealed class TableStateStoreSpecs(TableStateStoreSpecs.Rig rig)
    : StateStoreContract,
        IClassFixture<TableStateStoreSpecs.Rig>
{
    private static int _tables;

    private protected override Task<IStateStore> OpenAsync() => Task.FromResult<IStateStore>(Open());

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }

    private TableStateStore Open(string? table = null, int pageSize = 1000, HttpPipelineTransport? transport = null) =>
        new(
            TableAddress.FromConnection(rig.Azurite.Connection).Address!,
            table ?? $"ebb{Interlocked.Increment(ref _tables)}",
            transport,
            pageSize
        );

    [Fact]
    public async Task A_list_of_many_pages_is_read_whole()
    {
        var store = Open(pageSize: 3);
        foreach (var i in Enumerable.Range(10, 11))
            await store.PutAsync($"outage.{i}", $"{i}", null, Token);
        await store.PutAsync("power", "1", null, Token);
        Assert.Equal(
            Enumerable.Range(10, 11).Select(i => $"{i}"),
            (await store.ListAsync("outage.", Token)).Select(e => e.Json)
        );
    }

    [Fact]
    public async Task A_write_whose_answer_was_cut_off_is_recognised_as_ones_own()
    {
        var cutting = new CuttingTransport();
        var store = Open(transport: cutting);
        await store.PutAsync("other", "1", null, Token);
        cutting.CutNext = RequestMethod.Post;
        var etag = await store.PutAsync("k", "1", null, Token);
        cutting.CutNext = RequestMethod.Put;
        var second = await store.PutAsync("k", "2", etag, Token);
        Assert.Equal(new StateEntry("k", "2", second), await store.GetAsync("k", Token));
    }

    [Fact]
    public async Task A_wrong_key_is_said_and_does_not_stand_in_the_message()
    {
        const string Wrong = "bm90IHRoZSByaWdodCBrZXk=";
        var address = TableAddress
            .FromConnection($"AccountName=devstoreaccount1;AccountKey={Wrong};TableEndpoint={rig.Azurite.Endpoint}")
            .Address!;
        var fault = await Assert.ThrowsAsync<StateStoreException>(() =>
            new TableStateStore(address, "ebb").GetAsync("k", Token)
        );
        Assert.Equal("the state \"k\" in the table ebb: the service answered 403 AuthorizationFailure", fault.Message);
        Assert.DoesNotContain(Wrong, $"{fault}{address}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_access_signature_lets_in_as_far_as_it_reaches()
    {
        var full = Open("sastable");
        await full.PutAsync("k", "1", null, Token);
        var all = new TableStateStore(
            TableAddress.FromEndpoint($"{rig.Azurite.Endpoint}?{Sas.ForAccount("rwdlacu")}").Address!,
            "sastable"
        );
        var etag = (await all.GetAsync("k", Token))!.ETag;
        await all.PutAsync("k", "2", etag, Token);
        Assert.Equal("2", Assert.Single(await all.ListAsync("", Token)).Json);
        var looking = new TableStateStore(
            TableAddress
                .FromConnection($"TableEndpoint={rig.Azurite.Endpoint}/;SharedAccessSignature={Sas.ForAccount("rl")}")
                .Address!,
            "sastable"
        );
        Assert.Equal("2", (await looking.GetAsync("k", Token))!.Json);
        await Assert.ThrowsAsync<StateStoreException>(() => looking.PutAsync("new", "1", null, Token));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_said()
    {
        var address = TableAddress
            .FromConnection($"AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:{FreePort.Take()}/a")
            .Address!;
        var fault = await Assert.ThrowsAsync<StateStoreException>(() =>
            new TableStateStore(address, "ebb").ListAsync("", Token)
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
            new TableStateStore(address, "ebb").GetAsync("k", deadline.Token)
        );
    }

    [Theory]
    [InlineData("<html>Sign in</html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"value":5}""")]
    [InlineData("""{"value":[{"RowKey":"k"}]}""")]
    public async Task An_answer_of_something_that_is_no_table_service_is_said_and_not_taken_for_an_empty_store(
        string body
    )
    {
        var store = Open(transport: new FixedAnswer(body));
        await Assert.ThrowsAsync<StateStoreException>(() => store.GetAsync("k", Token));
        await Assert.ThrowsAsync<StateStoreException>(() => store.ListAsync("", Token));
    }

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

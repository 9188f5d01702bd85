using Ebb.Core.Ports;

namespace Ebb.Tests.Tables;

/// <summary>What every <see cref="IStateStore"/> must do; each implementation runs all of it.</summary>
public abstract class StateStoreContract : IAsyncLifetime
{
    private protected IStateStore Store { get; private set; } = null!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store with nothing in it.</summary>
    private protected abstract Task<IStateStore> OpenAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public abstract ValueTask DisposeAsync();

    [Theory]
    [InlineData("a")]
    [InlineData("outage.2026-11-21")]
    [InlineData("a..b")]
    [InlineData("a.-b")]
    public async Task What_was_put_is_got_listed_and_deleted(string key)
    {
        Assert.Null(await Store.GetAsync(key, Token));
        var etag = await Store.PutAsync(key, """{"x":"ä 𝄞"}""", null, Token);
        Assert.Equal(new StateEntry(key, """{"x":"ä 𝄞"}""", etag), await Store.GetAsync(key, Token));
        var second = await Store.PutAsync(key, """{"x":"ä"}""", etag, Token);
        Assert.NotEqual(etag, second);
        Assert.Equal([new StateEntry(key, """{"x":"ä"}""", second)], await Store.ListAsync(key[..1], Token));
        await Store.DeleteAsync(key, second, Token);
        await Store.DeleteAsync(key, null, Token);
        Assert.Empty(await Store.ListAsync("", Token));
    }

    [Fact]
    public async Task Of_two_writers_one_learns_of_the_other()
    {
        var etag = await Store.PutAsync("k", "1", null, Token);
        await Assert.ThrowsAsync<StateConflictException>(() => Store.PutAsync("k", "2", null, Token));
        var second = await Store.PutAsync("k", "2", etag, Token);
        await Assert.ThrowsAsync<StateConflictException>(() => Store.PutAsync("k", "3", etag, Token));
        await Assert.ThrowsAsync<StateConflictException>(() => Store.DeleteAsync("k", etag, Token));
        Assert.Equal(new StateEntry("k", "2", second), await Store.GetAsync("k", Token));
        await Store.DeleteAsync("k", null, Token);
        await Assert.ThrowsAsync<StateConflictException>(() => Store.PutAsync("k", "3", second, Token));
    }

    [Fact]
    public async Task Of_many_writers_at_once_exactly_one_wins()
    {
        var etag = await Store.PutAsync("k", "0", null, Token);
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(async i =>
                {
                    try
                    {
                        return new StateEntry("k", $"{i}", await Store.PutAsync("k", $"{i}", etag, Token));
                    }
                    catch (StateConflictException)
                    {
                        return null;
                    }
                })
        );
        Assert.Equal(Assert.Single(outcomes, o => o is not null), await Store.GetAsync("k", Token));
    }

    [Theory]
    [InlineData(64 << 10)]
    [InlineData((64 << 10) + 1)]
    [InlineData(512 << 10)]
    public async Task A_long_value_comes_back_whole(int bytes)
    {
        var value = $"\"{new string('x', bytes - 2)}\"";
        var etag = await Store.PutAsync("k", value, null, Token);
        Assert.Equal(value, (await Store.GetAsync("k", Token))!.Json);
        // A shorter one leaves nothing of the longer.
        await Store.PutAsync("k", "1", etag, Token);
        Assert.Equal("1", Assert.Single(await Store.ListAsync("k", Token)).Json);
    }

    [Fact]
    public async Task A_value_that_is_too_long_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Store.PutAsync("k", new string('1', (512 << 10) + 1), null, Token)
        );

    [Fact]
    public async Task Keys_are_listed_by_prefix_in_ordinal_order()
    {
        foreach (var key in new[] { "b", "a.2", "a.10", "a", "a.z", "a-1" })
            await Store.PutAsync(key, "1", null, Token);
        Assert.Equal(["a.10", "a.2", "a.z"], (await Store.ListAsync("a.", Token)).Select(entry => entry.Key));
        Assert.Equal(
            ["a", "a-1", "a.10", "a.2", "a.z", "b"],
            (await Store.ListAsync("", Token)).Select(entry => entry.Key)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("a'b")]
    [InlineData("a\n")]
    public async Task What_is_no_key_is_refused(string key) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Store.GetAsync(key, Token));
}

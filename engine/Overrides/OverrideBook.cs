using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Json;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>An override as it is kept, with the version that the next write expects.</summary>
internal sealed record Kept(Override Override, string ETag)
{
    /// <summary>The version as people and headers carry it: a store's own may hold quotes.</summary>
    public string Tag { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ETag)))[..16];
}

/// <summary>
/// All overrides: in memory for whoever decides, in the state store for whoever comes after. The store is written
/// before anything
/// else; what it does not keep was not asked. Safe from several threads.
/// </summary>
internal sealed class OverrideBook(IStateStore store, EngineClocks clocks) : IClaims
{
    private const string Prefix = "override.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private ImmutableDictionary<string, Kept> _all = ImmutableDictionary.Create<string, Kept>(StringComparer.Ordinal);

    /// <summary>By namespace, kind and name.</summary>
    public IReadOnlyList<Kept> All =>
        [.. _all.Values.OrderBy(k => (k.Override.Namespace, k.Override.Kind, k.Override.Name))];

    /// <summary>Another one when anybody may have written to the store; null: the store cannot tell.</summary>
    public long? Version => store.Version;

    public Kept? Find(string kind, string @namespace, string name) =>
        _all.GetValueOrDefault(Key(kind, @namespace, name));

    /// <summary>Reads what is kept; false: the store is away, and what was known stays.</summary>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var entries = await AskAsync(token => store.ListAsync(Prefix, token), cancellationToken);
            var read = ImmutableDictionary.CreateBuilder<string, Kept>(StringComparer.Ordinal);
            foreach (var entry in entries)
                if (Read(entry) is { } kept)
                    read[entry.Key] = kept;
            _all = read.ToImmutable();
            return true;
        }
        catch (StateStoreException)
        {
            return false;
        }
    }

    /// <summary>Keeps an override.</summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="etag">The version it replaces; null: there must be none.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="StateConflictException">Another one is there; <see cref="Find"/> shows it.</exception>
    /// <exception cref="StateStoreException">The store is away: nothing was asked.</exception>
    public async Task<Kept> PutAsync(Override asked, string? etag, CancellationToken cancellationToken)
    {
        var key = Key(asked.Kind, asked.Namespace, asked.Name);
        try
        {
            var written = await AskAsync(
                token =>
                    store.PutAsync(
                        key,
                        JsonSerializer.Serialize(asked, StoredOverrideJson.Default.Override),
                        etag,
                        token
                    ),
                cancellationToken
            );
            var kept = new Kept(asked, written);
            ImmutableInterlocked.AddOrUpdate(ref _all, key, kept, (_, _) => kept);
            return kept;
        }
        catch (StateConflictException)
        {
            await RefreshAsync(key, cancellationToken);
            throw;
        }
    }

    /// <summary>Forgets an override.</summary>
    /// <exception cref="StateStoreException">The store is away, or it was written meanwhile.</exception>
    public async Task DropAsync(Kept kept, CancellationToken cancellationToken)
    {
        var key = Key(kept.Override.Kind, kept.Override.Namespace, kept.Override.Name);
        try
        {
            await AskAsync(
                async token =>
                {
                    await store.DeleteAsync(key, kept.ETag, token);
                    return true;
                },
                cancellationToken
            );
            ImmutableInterlocked.TryRemove(ref _all, key, out _);
        }
        catch (StateConflictException)
        {
            await RefreshAsync(key, cancellationToken);
            throw;
        }
    }

    public IEnumerable<(Member Member, Claim Claim)> On(IReadOnlyList<Member> roster, Instant now)
    {
        var all = _all;
        if (all.IsEmpty)
            yield break;
        var asked = all.Values.ToDictionary(
            k => (k.Override.Kind, k.Override.Namespace, k.Override.Name),
            k => k.Override
        );
        foreach (var member in roster)
        {
            if (
                member.Type is { } type
                && asked.GetValueOrDefault((type.Name, member.Scaler.TargetNamespace, member.Scaler.TargetName ?? ""))
                    is { } found
                && found.Claim(now) is { } claim
            )
                yield return (member, claim);
        }
    }

    private async Task RefreshAsync(string key, CancellationToken cancellationToken)
    {
        var present = await AskAsync(token => store.GetAsync(key, token), cancellationToken);
        if (present is not null && Read(present) is { } kept)
            ImmutableInterlocked.AddOrUpdate(ref _all, key, kept, (_, _) => kept);
        else
            ImmutableInterlocked.TryRemove(ref _all, key, out _);
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await ask(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StateStoreException($"the state store did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>What somebody else put there under a name of ours is no override, and is left where it is.</summary>
    private static Kept? Read(StateEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Json, StoredOverrideJson.Default.Override) is { } asked
                ? new Kept(asked, entry.ETag)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Names in Kubernetes are longer than keys may be.</summary>
    private static string Key(string kind, string @namespace, string name) =>
        Prefix
        + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{@namespace}\n{name}")))[..40];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(Override))]
internal sealed partial class StoredOverrideJson : JsonSerializerContext;

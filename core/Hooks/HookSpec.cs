using NodaTime;

namespace Ebb.Core.Hooks;

/// <summary>How a hook is run.</summary>
public enum HookKind
{
    /// <summary>As a Job, from the template of a CronJob.</summary>
    Job,

    /// <summary>As an HTTP request.</summary>
    Http,

    /// <summary>As a command to a UPS.</summary>
    Nut,
}

/// <summary>What an UpsScaler runs at its place in the waves, instead of sizing a workload.</summary>
/// <param name="Kind">How.</param>
public sealed record HookSpec(HookKind Kind)
{
    /// <summary>How long one run may take; null: as long as a wave is waited for.</summary>
    public Duration? Deadline { get; init; }

    /// <summary>How often it is tried again after it has certainly failed.</summary>
    public int Retries { get; init; }

    /// <summary>The waves do not go on before it has succeeded.</summary>
    public bool Required { get; init; }

    /// <summary>It is run on the way down.</summary>
    public bool Down { get; init; } = true;

    /// <summary>It is run on the way up.</summary>
    public bool Up { get; init; } = true;

    /// <summary>It is run in drills, too.</summary>
    public bool Drill { get; init; } = true;

    /// <summary>The CronJob whose template is run, in the namespace of the UpsScaler; null: another kind.</summary>
    public string? CronJob { get; init; }

    /// <summary>The request; null: another kind.</summary>
    public HttpHook? Http { get; init; }

    /// <summary>The command; null: another kind.</summary>
    public NutHook? Nut { get; init; }

    /// <summary>As it stands in the manifest.</summary>
    public string Word =>
        Kind switch
        {
            HookKind.Job => "job",
            HookKind.Http => "http",
            HookKind.Nut => "nut",
            _ => throw new InvalidOperationException($"unexpected kind {Kind}"),
        };
}

/// <summary>One key of a Secret in the namespace of the UpsScaler.</summary>
/// <param name="Name">The Secret.</param>
/// <param name="Key">Its key.</param>
public sealed record SecretRef(string Name, string Key);

/// <summary>An HTTP request that is made once.</summary>
/// <param name="Url">Where to; http or https.</param>
/// <param name="Method">Upper case.</param>
public sealed record HttpHook(Uri Url, string Method)
{
    /// <summary>The status that means success; null: any from 200 to 299.</summary>
    public int? Status { get; init; }

    /// <summary>The body, in which {direction}, {reason} and {deadline} are filled in; null: none.</summary>
    public string? Body { get; init; }

    /// <summary>A header whose value is secret; null: none.</summary>
    public string? HeaderName { get; init; }

    /// <summary>Where its value stands; null likewise.</summary>
    public SecretRef? HeaderValue { get; init; }

    /// <summary>The roots that alone are trusted, as PEM; null: those of the machine.</summary>
    public SecretRef? Authority { get; init; }

    /// <summary>What tells that it is done; null: the answer to the request does.</summary>
    public HttpPoll? Poll { get; init; }
}

/// <summary>An address that is read until a value of its JSON is what is expected.</summary>
/// <param name="Url">Where.</param>
/// <param name="Path">Names and indexes with dots between them, such as <c>data.status</c>.</param>
/// <param name="Expected">The value as text.</param>
public sealed record HttpPoll(Uri Url, string Path, string Expected);

/// <summary>A command to a UPS over the protocol of upsd.</summary>
/// <param name="Address"><c>nut://host:3493/ups</c>, or <c>nuts://</c> for TLS; without credentials.</param>
/// <param name="Command">An instant command such as <c>outlet.2.load.off</c>, or <c>FSD</c>.</param>
/// <param name="Secret">The Secret with the keys <c>username</c> and <c>password</c>.</param>
public sealed record NutHook(string Address, string Command, string Secret);

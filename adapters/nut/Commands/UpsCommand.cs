using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Ebb.Core.Power;
using Ebb.Nut.Dialing;
using Ebb.Nut.Upsd;

namespace Ebb.Nut.Commands;

/// <summary>What became of a command.</summary>
public enum UpsCommandOutcome
{
    /// <summary>upsd has handed it to the driver, or has set FSD.</summary>
    Accepted,

    /// <summary>upsd was not reached, or did not let us in.</summary>
    NotSent,

    /// <summary>upsd has answered that it does not do it.</summary>
    Refused,

    /// <summary>It was sent, and no answer came.</summary>
    Unknown,
}

/// <summary>Sends one command to one UPS over a connection of its own.</summary>
public static class UpsCommand
{
    /// <summary>
    /// Forced shutdown: every upsmon of this UPS shuts its machine down, and its primary cuts the power.
    /// </summary>
    public const string ForcedShutdown = "FSD";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <param name="address"><c>nut://host:3493/ups</c> or <c>nuts://…</c>.</param>
    /// <param name="command">An instant command, or <see cref="ForcedShutdown"/>.</param>
    /// <param name="user">As in upsd.users.</param>
    /// <param name="password">Its password.</param>
    /// <param name="deadlines">Counts the seconds allowed.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>What became of it, and one sentence without secrets.</returns>
    public static async Task<(UpsCommandOutcome Outcome, string Sentence)> SendAsync(
        string address,
        string command,
        string user,
        string password,
        TimeProvider deadlines,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(command);
        var (parsed, errors) = UpsSourceAddress.Parse(address);
        if (parsed?.Ups is not { } ups)
            return (UpsCommandOutcome.NotSent, $"the address of the UPS: {string.Join("; ", errors)}");
        if (user.Length == 0 || password.Length == 0 || (user + password).Any(char.IsControl))
            return (UpsCommandOutcome.NotSent, $"{command} was not sent: user or password cannot be used");
        var target = new UpsSourceAddress(parsed.Name, parsed.Server, parsed.Host, parsed.Port)
        {
            Ups = ups,
            User = user,
            Password = password,
            Insecure = parsed.Insecure,
            AuthorityFile = parsed.AuthorityFile,
        };
        var sent = false;
        using var deadline = new Deadline(Within, deadlines, cancellationToken);
        try
        {
            var dialer = new Dialer(
                target,
                new KnownAddresses([target.Host]),
                deadlines,
                host => Dns.GetHostAddressesAsync(host)
            );
            await using var connection = new UpsdConnection(await dialer.ConnectAsync(deadline.Token));
            if (await connection.IntroduceAsync(target, deadline.Token) is { } unwelcome)
                return (UpsCommandOutcome.NotSent, $"{command} was not sent to {target}: {unwelcome.Detail}");
            sent = true;
            var request =
                command == ForcedShutdown
                    ? $"FSD {UpsdWords.Quote(ups)}"
                    : $"INSTCMD {UpsdWords.Quote(ups)} {UpsdWords.Quote(command)}";
            return await connection.ConfirmAsync(request, deadline.Token) is { } refused
                ? refused.Kind == UpsFault.Garbled
                    ? (UpsCommandOutcome.Unknown, $"{command} was sent to {target}: {refused.Detail}")
                    : (UpsCommandOutcome.Refused, $"{target} refused {command}: {Refusal(refused)}")
                : (UpsCommandOutcome.Accepted, $"{target} accepted {command}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Lost(sent, command, target, $"no answer within {Within.TotalSeconds:0} s");
        }
        catch (Exception fault)
            when (fault is SocketException or IOException or InvalidDataException or AuthenticationException)
        {
            return Lost(sent, command, target, "the connection failed or broke");
        }
    }

    private static string Refusal(SourceFault fault) =>
        fault.Kind == UpsFault.AccessDenied
            ? "user, password, or the user's instcmds and actions in upsd.users (ERR ACCESS-DENIED)"
            : fault.Detail;

    private static (UpsCommandOutcome, string) Lost(bool sent, string command, UpsSourceAddress target, string why) =>
        sent
            ? (UpsCommandOutcome.Unknown, $"{command} was sent to {target}, and {why}")
            : (UpsCommandOutcome.NotSent, $"{command} was not sent to {target}: {why}");
}

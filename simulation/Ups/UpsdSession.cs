using System.Text;

namespace Ebb.Simulation.Ups;

/// <summary>
/// upsd's answers to one client's requests (NUT server/net*.c of 2.8.0, and recordings of that version). Command words
/// and names are case-insensitive, and answers repeat the client's spelling.
/// </summary>
internal sealed class UpsdSession(SimulatedUps ups, Func<IReadOnlyList<string>> loggedIn)
{
    /// <summary>Characters of a value after escaping (ST_MAX_VALUE_LEN).</summary>
    private const int LongestValue = 255;

    /// <summary>upsd drops results after an hour; a session without end must not fill the memory here either.</summary>
    private const int MostTracked = 1000;

    private readonly Dictionary<string, string> _tracked = new(StringComparer.OrdinalIgnoreCase);
    private string? _user;
    private string? _password;
    private bool _tracking;

    internal bool IsLoggedIn { get; private set; }

    internal bool IsOver { get; private set; }

    /// <summary>One line or a list; requests of one client come one after the other.</summary>
    internal IReadOnlyList<string> Answer(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            return Error("UNKNOWN-COMMAND");
        IReadOnlyList<string> arguments = [.. words.Skip(1)];
        return words[0].ToUpperInvariant() switch
        {
            "VER" => Plain(arguments, UpsdCatalogue.ServerInfo),
            "NETVER" or "PROTVER" => Plain(arguments, "1.3"),
            "HELP" => Plain(
                arguments,
                "Commands: HELP VER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS"
            ),
            "STARTTLS" => Error("FEATURE-NOT-CONFIGURED"),
            "LOGOUT" => Logout(arguments),
            "GET" => Get(arguments),
            "LIST" => List(arguments),
            "USERNAME" => Name(arguments, ref _user, "ALREADY-SET-USERNAME"),
            "PASSWORD" => Name(arguments, ref _password, "ALREADY-SET-PASSWORD"),
            "LOGIN" => Protected(() => Login(arguments)),
            "PRIMARY" => Protected(() => Primary(arguments, "OK PRIMARY-GRANTED")),
            "MASTER" => Protected(() => Primary(arguments, "OK MASTER-GRANTED")),
            "FSD" => Protected(() => ForcedShutdown(arguments)),
            "SET" => Protected(() => Set(arguments)),
            "INSTCMD" => Protected(() => Command(arguments)),
            _ => Error("UNKNOWN-COMMAND"),
        };
    }

    private static IReadOnlyList<string> Plain(IReadOnlyList<string> arguments, string answer) =>
        arguments.Count == 0 ? [answer] : Error("INVALID-ARGUMENT");

    private IReadOnlyList<string> Logout(IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0)
            return Error("INVALID-ARGUMENT");
        IsOver = true;
        IsLoggedIn = false;
        return ["OK Goodbye"];
    }

    private static IReadOnlyList<string> Name(IReadOnlyList<string> arguments, ref string? kept, string twice)
    {
        if (arguments.Count != 1)
            return Error("INVALID-ARGUMENT");
        if (kept is not null)
            return Error(twice);
        kept = arguments[0];
        return ["OK"];
    }

    private IReadOnlyList<string> Protected(Func<IReadOnlyList<string>> answer) =>
        _user is null ? Error("USERNAME-REQUIRED")
        : _password is null ? Error("PASSWORD-REQUIRED")
        : answer();

    private bool May(Func<SimulatedUpsUser, bool> right) =>
        ups.Options.Users.Any(user => user.Name == _user && user.Password == _password && right(user));

    private bool IsOurs(string name) => name.Equals(ups.Name, StringComparison.OrdinalIgnoreCase);

    private IReadOnlyList<string> Get(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 1)
            return Error("INVALID-ARGUMENT");
        var what = arguments[0].ToUpperInvariant();
        if (what == "TRACKING")
            return Tracking(arguments);
        if (arguments.Count < 2)
            return Error("INVALID-ARGUMENT");
        var name = arguments[1];
        if (what is "UPSDESC")
            return IsOurs(name)
                ? [$"UPSDESC {name} \"{Escaped(ups.Options.Description ?? "Unavailable")}\""]
                : Error("UNKNOWN-UPS");
        if (what is "NUMLOGINS")
            return Living(name) ?? [$"NUMLOGINS {name} {loggedIn().Count}"];
        if (arguments.Count < 3)
            return Error("INVALID-ARGUMENT");

        var item = arguments[2];
        switch (what)
        {
            // The server's own variables are answered for any UPS name, known or not.
            case "VAR" when item.StartsWith("server.", StringComparison.OrdinalIgnoreCase):
                return item.ToLowerInvariant() switch
                {
                    "server.info" => [$"VAR {name} {item} \"{UpsdCatalogue.ServerInfo}\""],
                    "server.version" => [$"VAR {name} {item} \"{UpsdCatalogue.ServerVersion}\""],
                    _ => Error("VAR-NOT-SUPPORTED"),
                };
            case "VAR":
                return Living(name)
                    ?? (
                        ups.Variables.TryGetValue(item, out var value)
                            ? [$"VAR {name} {item} \"{Value(value)}\""]
                            : Error("VAR-NOT-SUPPORTED")
                    );
            case "TYPE":
                return Living(name)
                    ?? (
                        ups.Variables.ContainsKey(item)
                            ? [$"TYPE {name} {item}{TypeOf(item)}"]
                            : Error("VAR-NOT-SUPPORTED")
                    );
            case "DESC":
                return Living(name) ?? [$"DESC {name} {item} \"{Described(UpsdCatalogue.Descriptions, item)}\""];
            case "CMDDESC":
                return Living(name) ?? [$"CMDDESC {name} {item} \"{Described(UpsdCatalogue.Commands, item)}\""];
            default:
                return Error("INVALID-ARGUMENT");
        }
    }

    private IReadOnlyList<string> Tracking(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2)
            return [_tracking ? "ON" : "OFF"];
        if (!_tracking)
            return Error("FEATURE-NOT-CONFIGURED");
        return _tracked.TryGetValue(arguments[1], out var result) ? [result] : Error("UNKNOWN");
    }

    private IReadOnlyList<string> List(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 1)
            return Error("INVALID-ARGUMENT");
        var what = arguments[0].ToUpperInvariant();
        if (what == "UPS")
            return Framed(
                "UPS",
                [$"UPS {ups.Name} \"{Escaped(ups.Options.Description ?? "Description unavailable")}\""]
            );
        if (arguments.Count < 2)
            return Error("INVALID-ARGUMENT");
        var name = arguments[1];
        switch (what)
        {
            case "VAR":
                return Living(name)
                    ?? Framed(
                        $"VAR {name}",
                        ups.Variables.Select(each => $"VAR {name} {each.Key} \"{Value(each.Value)}\"")
                    );
            case "RW":
                return Living(name)
                    ?? Framed(
                        $"RW {name}",
                        ups.Variables.Where(each => UpsdCatalogue.Writable.ContainsKey(each.Key))
                            .Select(each => $"RW {name} {each.Key} \"{Value(each.Value)}\"")
                    );
            case "CMD":
                return Living(name)
                    ?? Framed($"CMD {name}", UpsdCatalogue.Commands.Keys.Select(each => $"CMD {name} {each}"));
            case "CLIENT":
                return IsOurs(name)
                    ? Framed($"CLIENT {name}", loggedIn().Select(each => $"CLIENT {name} {each}"))
                    : Error("UNKNOWN-UPS");
        }
        if (what is not ("ENUM" or "RANGE") || arguments.Count < 3)
            return Error("INVALID-ARGUMENT");
        return Living(name)
            ?? (
                ups.Variables.ContainsKey(arguments[2])
                    ? Framed($"{what} {name} {arguments[2]}", [])
                    : Error("VAR-NOT-SUPPORTED")
            );
    }

    private IReadOnlyList<string> Login(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 1)
            return Error("INVALID-ARGUMENT");
        if (IsLoggedIn)
            return Error("ALREADY-LOGGED-IN");
        if (!IsOurs(arguments[0]))
            return Error("UNKNOWN-UPS");
        if (!May(user => user.IsPrimary || user.IsSecondary))
            return Error("ACCESS-DENIED");
        IsLoggedIn = true;
        return ["OK"];
    }

    private IReadOnlyList<string> Primary(IReadOnlyList<string> arguments, string granted)
    {
        if (arguments.Count != 1)
            return Error("INVALID-ARGUMENT");
        if (!IsOurs(arguments[0]))
            return Error("UNKNOWN-UPS");
        return May(user => user.IsPrimary) ? [granted] : Error("ACCESS-DENIED");
    }

    private IReadOnlyList<string> ForcedShutdown(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 1)
            return Error("INVALID-ARGUMENT");
        if (!IsOurs(arguments[0]))
            return Error("UNKNOWN-UPS");
        if (!May(user => user.IsPrimary || user.MayForceShutdown))
            return Error("ACCESS-DENIED");
        ups.ForcedShutdown = true;
        return ["OK FSD-SET"];
    }

    private IReadOnlyList<string> Set(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2)
            return Error("INVALID-ARGUMENT");
        var what = arguments[0].ToUpperInvariant();
        if (what == "TRACKING")
        {
            if (arguments[1].ToUpperInvariant() is not ("ON" or "OFF"))
                return Error("INVALID-ARGUMENT");
            _tracking = arguments[1].Equals("ON", StringComparison.OrdinalIgnoreCase);
            return ["OK"];
        }
        if (what != "VAR" || arguments.Count < 4)
            return Error("INVALID-ARGUMENT");
        var (name, variable, value) = (arguments[1], arguments[2], arguments[3]);
        if (Living(name) is { } unavailable)
            return unavailable;
        if (!May(user => user.MaySet))
            return Error("ACCESS-DENIED");
        if (!ups.Variables.ContainsKey(variable))
            return Error("VAR-NOT-SUPPORTED");
        if (!UpsdCatalogue.Writable.TryGetValue(variable, out var longest))
            return Error("READONLY");
        if (longest > 0 && value.Length > longest)
            return Error("TOO-LONG");
        ups.Write(variable, value);
        return Accepted();
    }

    private IReadOnlyList<string> Command(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2)
            return Error("INVALID-ARGUMENT");
        if (Living(arguments[0]) is { } unavailable)
            return unavailable;
        if (!UpsdCatalogue.Commands.ContainsKey(arguments[1]))
            return Error("CMD-NOT-SUPPORTED");
        if (!May(user => user.MayCommand))
            return Error("ACCESS-DENIED");
        ups.Command(arguments[1]);
        return Accepted();
    }

    private IReadOnlyList<string> Accepted()
    {
        if (!_tracking)
            return ["OK"];
        if (_tracked.Count == MostTracked)
            _tracked.Clear();
        var id = Guid.NewGuid().ToString().ToUpperInvariant();
        _tracked[id] = "SUCCESS";
        return [$"OK TRACKING {id}"];
    }

    /// <summary>Null when there is a UPS of this name and it has data.</summary>
    private IReadOnlyList<string>? Living(string name) =>
        !IsOurs(name) ? Error("UNKNOWN-UPS")
        : ups.Unavailable is { } why ? Error(why)
        : null;

    private static string Described(IReadOnlyDictionary<string, string> texts, string item) =>
        texts.GetValueOrDefault(item, "Description unavailable");

    private static string TypeOf(string variable) =>
        UpsdCatalogue.Writable.TryGetValue(variable, out var longest)
            ? longest > 0
                ? $" RW STRING:{longest}"
                : " RW NUMBER"
            : " NUMBER";

    private static IReadOnlyList<string> Framed(string what, IEnumerable<string> lines) =>
        [$"BEGIN LIST {what}", .. lines, $"END LIST {what}"];

    private static IReadOnlyList<string> Error(string code) => [$"ERR {code}"];

    private static string Value(string text)
    {
        var escaped = Escaped(text);
        return escaped.Length > LongestValue ? escaped[..LongestValue] : escaped;
    }

    /// <summary>
    /// The three characters that parseconf escapes; characters outside ASCII were dropped by the driver.
    /// </summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is < ' ' or > '\x7f')
                continue;
            if (c is '"' or '\\' or '#')
                escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }
}

using Ebb.Core.Time.Specs;

namespace Ebb.Core.Hooks;

/// <summary>Reads <c>spec.hook.nut</c>.</summary>
internal static class NutHookReader
{
    public static NutHook Read(SpecReader reader)
    {
        const string address = "nut://host:3493/ups or nuts://host:3493/ups, without user and password";
        var text = reader.Text("ups", address) ?? "";
        if (
            text.Length > 0
            && !(
                Uri.TryCreate(text, UriKind.Absolute, out var url)
                && url.Scheme is "nut" or "nuts"
                && url.UserInfo.Length == 0
                && url.Host.Length > 0
                && !MetadataAddress.Is(url.Host)
                && url.AbsolutePath.Length > 1
            )
        )
            reader.Fault("ups", address, "something else");
        const string command = "FSD, or a command as in `upscmd -l`, such as outlet.2.load.off";
        var words = reader.Text("command", command) ?? "";
        if (words.Length > 128 || !words.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            reader.Fault("command", command, SpecFault.Quoted(words));
        return new NutHook(
            text,
            words,
            HookReader.Name(reader, "secret", "the name of a Secret with the keys username and password")
        );
    }
}

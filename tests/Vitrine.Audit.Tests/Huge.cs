using System.Reflection;

namespace Vitrine.Audit.Tests;

/// <summary>Makes a payload with every string and every list as large as an attacker could want.</summary>
public static class Huge
{
    public static string Text { get; } = string.Concat(Enumerable.Repeat("\u0001\ud800😀\"", 100_000));

    public static object Make(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First(c => c.GetParameters() is not [{ } only] || only.ParameterType != type);
        object made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType))]);
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.CanWrite))
            property.SetValue(made, Value(property.PropertyType));
        return made;
    }

    private static object? Value(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string))
            return Text;
        if (plain == typeof(long))
            return long.MinValue;
        if (plain == typeof(int))
            return int.MinValue;
        if (plain == typeof(bool))
            return false;
        if (plain == typeof(TimeSpan))
            return TimeSpan.MinValue;
        if (plain == typeof(DateTimeOffset))
            return DateTimeOffset.MaxValue;
        if (plain.IsGenericType)
        {
            var list = (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(plain.GetGenericArguments()))!;
            object? item = Value(plain.GetGenericArguments()[0]);
            for (int i = 0; i < 5000; i++)
                list.Add(item);
            return list;
        }

        return Make(plain);
    }
}
